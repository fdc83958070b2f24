//! Inputs that were changed: bytes flipped, pieces cut out, repeated, taken from another input, and words put in that
//! readers stumble over.

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any},
    prop_oneof,
    sample::{Index, select},
};

/// No input grows beyond this, unless the target says otherwise.
const LONGEST: usize = 600_000;

/// What changed inputs are made of.
pub struct Seeds {
    /// Inputs as they should be, and such as found faults.
    pub inputs: Vec<Vec<u8>>,
    /// Words of the format that may stand anywhere.
    pub words: Vec<Vec<u8>>,
    /// No input grows beyond this.
    longest: usize,
}

impl Seeds {
    pub fn new<I: AsRef<[u8]>, W: AsRef<[u8]>>(
        inputs: impl IntoIterator<Item = I>,
        words: impl IntoIterator<Item = W>,
    ) -> Self {
        let inputs: Vec<_> = inputs.into_iter().map(|input| input.as_ref().to_vec()).collect();
        assert!(!inputs.is_empty(), "nothing to begin with");
        Self { inputs, words: words.into_iter().map(|word| word.as_ref().to_vec()).collect(), longest: LONGEST }
    }

    /// The same, for what travels in a line of the head of a request.
    pub fn of_a_line(self) -> Self {
        Self { longest: 4_000, ..self }
    }
}

/// What every reader should have met.
const STUMBLING_BLOCKS: [&[u8]; 26] = [
    b"\0",
    b"\xff",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xef\xbb\xbf",
    "\u{202e}".as_bytes(),
    "\u{1f468}\u{200d}\u{1f469}".as_bytes(),
    b"\\u0000",
    b"\\ud800",
    b"%00",
    b"%ff",
    b"\r\n",
    b"-1",
    b"0",
    b"1e400",
    b"NaN",
    b"2147483648",
    b"9007199254740993",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"18446744073709551616",
    b"99999999999999999999999999999999",
    b"+262142-12-31T23:59:59Z",
    b"null",
    b"' OR 1=1 --",
];

/// One change.
#[derive(Clone, Debug)]
enum Edit {
    Flip(Index, u8),
    Cut(Index, usize),
    End(Index),
    Repeat(Index, usize, usize),
    Put(Index, Vec<u8>),
    /// In the place of a run of digits.
    Number(Index, Vec<u8>),
    /// A piece of another input.
    Splice(Index, Vec<u8>, Index, usize),
}

/// The place that an index means among so many bytes, the end included.
fn place(at: &Index, length: usize) -> usize {
    at.index(length + 1)
}

fn put(input: &mut Vec<u8>, at: usize, piece: &[u8]) {
    let at = at.min(input.len());
    input.splice(at..at, piece.iter().copied());
}

/// The run of digits that is nearest behind a place.
fn digits(input: &[u8], at: usize) -> std::ops::Range<usize> {
    let digit = |byte: &u8| byte.is_ascii_digit();
    let begin = input.iter().skip(at).position(digit).map_or(at, |behind| at + behind);
    let length = input.iter().skip(begin).take_while(|byte| digit(byte)).count();
    begin..begin + length
}

impl Edit {
    fn apply(&self, input: &mut Vec<u8>) {
        let length = input.len();
        match self {
            Self::Flip(at, mask) => {
                let at = place(at, length);
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= mask;
                }
            }
            Self::Cut(at, most) => {
                let at = place(at, length);
                input.drain(at..length.min(at + most));
            }
            Self::End(at) => input.truncate(place(at, length)),
            Self::Repeat(at, most, times) => {
                let at = place(at, length);
                let piece = input[at..length.min(at + most)].repeat(*times);
                put(input, at, &piece);
            }
            Self::Put(at, piece) => put(input, place(at, length), piece),
            Self::Number(at, piece) => {
                input.splice(digits(input, place(at, length)), piece.iter().copied());
            }
            Self::Splice(at, other, from, most) => {
                let from = place(from, other.len());
                put(input, place(at, length), &other[from..other.len().min(from + most)]);
            }
        }
    }
}

fn edit(seeds: &Seeds) -> impl Strategy<Value = Edit> + use<> {
    let words: Vec<Vec<u8>> =
        STUMBLING_BLOCKS.iter().map(|word| word.to_vec()).chain(seeds.words.iter().cloned()).collect();
    let word = select(words).boxed();
    let some = || prop_oneof![Just(1_usize), 1..16_usize, 1..400_usize];
    prop_oneof![
        3 => (any::<Index>(), any::<u8>()).prop_map(|(at, mask)| Edit::Flip(at, mask)),
        3 => (any::<Index>(), some()).prop_map(|(at, most)| Edit::Cut(at, most)),
        1 => any::<Index>().prop_map(Edit::End),
        2 => (any::<Index>(), some(), prop_oneof![Just(1_usize), 1..8_usize, Just(300)])
            .prop_map(|(at, most, times)| Edit::Repeat(at, most, times)),
        4 => (any::<Index>(), word.clone()).prop_map(|(at, word)| Edit::Put(at, word)),
        3 => (any::<Index>(), word).prop_map(|(at, word)| Edit::Number(at, word)),
        2 => (any::<Index>(), select(seeds.inputs.clone()), any::<Index>(), some())
            .prop_map(|(at, other, from, most)| Edit::Splice(at, other, from, most)),
    ]
}

/// Inputs that were changed a few times.
pub fn changed(seeds: Seeds) -> impl Strategy<Value = Vec<u8>> {
    let (edits, longest) = (vec(edit(&seeds), 1..5), seeds.longest);
    (select(seeds.inputs), edits).prop_map(move |(mut input, edits)| {
        for edit in edits {
            edit.apply(&mut input);
            input.truncate(longest);
        }
        input
    })
}
