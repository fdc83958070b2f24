//! A page that stands open and hears news.

use reqwest::{Response, StatusCode};

use super::{StaffActor, soon};

/// A stream of server-sent events.
pub struct Stream {
    response: Response,
    read: String,
}

/// One block of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// An event with its data.
    Event(String, String),
    /// A comment.
    Comment(String),
    /// The stream is over.
    End,
}

impl Block {
    /// The event of this name about this id.
    pub fn about(event: &str, id: &str) -> Self {
        Self::Event(event.to_owned(), format!("{{\"id\":\"{id}\"}}"))
    }

    /// That things wait for staff, or no longer.
    pub fn needs() -> Self {
        Self::Event("needs.changed".to_owned(), "{}".to_owned())
    }
}

impl StaffActor<'_> {
    /// Opens a page; it has read the greeting, so that it hears whatever happens from now on.
    pub async fn open_page(&self) -> Stream {
        let response = self.try_to_open_page().await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut stream = Stream { response, read: String::new() };
        assert_eq!(stream.next().await, Block::Comment("look".to_owned()));
        stream
    }

    pub async fn try_to_open_page(&self) -> Response {
        self.page_at(&self.base_url()).await
    }

    /// The same at another node.
    pub async fn open_page_at(&self, base_url: &str) -> Stream {
        let response = self.page_at(base_url).await;
        assert_eq!(response.status(), StatusCode::OK);
        let mut stream = Stream { response, read: String::new() };
        assert_eq!(stream.next().await, Block::Comment("look".to_owned()));
        stream
    }

    async fn page_at(&self, base_url: &str) -> Response {
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        let url = format!("{base_url}/api/admin/v1/events");
        // What a browser accepts: a packed stream would say nothing for a long time.
        let request = http.get(url).bearer_auth(&self.token).header("Accept-Encoding", "gzip, deflate, br");
        request.send().await.expect("an answer")
    }
}

impl Stream {
    /// The next block.
    pub async fn next(&mut self) -> Block {
        loop {
            if let Some((block, rest)) = self.read.split_once("\n\n") {
                let (block, rest) = (read(block), rest.to_owned());
                self.read = rest;
                return block;
            }
            match soon(self.response.chunk()).await {
                Ok(Some(bytes)) => self.read.push_str(std::str::from_utf8(&bytes).expect("text")),
                Ok(None) | Err(_) => return Block::End,
            }
        }
    }

    /// The next event, whatever comments come before it.
    pub async fn event(&mut self) -> Block {
        loop {
            match self.next().await {
                Block::Comment(_) => {}
                block => return block,
            }
        }
    }

    /// Reads until this block has come; gives what came before it, without comments.
    pub async fn until(&mut self, block: &Block) -> Vec<Block> {
        let mut before = Vec::new();
        loop {
            match self.next().await {
                next if next == *block => return before,
                Block::End => panic!("the stream is over before {block:?}; it had {before:?}"),
                Block::Comment(_) => {}
                next => before.push(next),
            }
        }
    }
}

fn read(block: &str) -> Block {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    match (field("event: "), field(": ")) {
        (Some(event), _) => Block::Event(event, field("data: ").unwrap_or_default()),
        (None, Some(comment)) => Block::Comment(comment),
        (None, None) => panic!("no block: {block:?}"),
    }
}
