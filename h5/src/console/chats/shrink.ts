/** Pixels of the longer side of a picture that goes out, and bytes that may go as they are. */
const longest = 2000
const light = 900_000

/** What a side becomes so that neither is longer than `most`; nothing grows. */
export function fitted(width: number, height: number, most = longest): { width: number; height: number } {
  const share = Math.min(1, most / Math.max(width, height, 1))
  return { width: Math.max(1, Math.round(width * share)), height: Math.max(1, Math.round(height * share)) }
}

/** A picture small enough to be sent from a weak network. What is no picture goes as it is: the server says what is wrong with it. */
export async function shrunk(file: File): Promise<Blob> {
  if (file.size <= light) return file
  const picture = await createImageBitmap(file).catch(() => null)
  if (!picture) return file
  const canvas = document.createElement('canvas')
  Object.assign(canvas, fitted(picture.width, picture.height))
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.8))
  return made ?? file
}
