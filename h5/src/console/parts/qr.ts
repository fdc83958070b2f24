import { encode } from 'uqr'

/** The modules of a QR code: `size` in each direction, the quiet zone that scanners need included. */
export interface Modules { size: number; dark: boolean[][] }

const quiet = 4

/** A text as a QR code that survives a smudge (level M: 15 %). */
export function modulesOf(text: string): Modules {
  const { size, data } = encode(text, { ecc: 'M', border: quiet })
  return { size, dark: data }
}

/** The dark modules as one path, a step of the path for each run in a row. */
export function pathOf({ dark }: Modules): string {
  return dark.flatMap((row, y) => runs(row).map(([x, width]) => `M${x} ${y}h${width}v1h-${width}z`)).join('')
}

/** Where dark runs of a row begin, and how long they are. */
export function runs(row: boolean[]): [number, number][] {
  const found: [number, number][] = []
  row.forEach((dark, at) => {
    const last = found.at(-1)
    if (!dark) return
    if (last && last[0] + last[1] === at) last[1] += 1
    else found.push([at, 1])
  })
  return found
}

/** A picture to be printed: PNG, at least `pixels` wide, every module a whole number of pixels. */
export function pictureOf(modules: Modules, pixels = 1_024): Promise<Blob> {
  const scale = Math.ceil(pixels / modules.size)
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = modules.size * scale
  const pen = canvas.getContext('2d')
  if (!pen) return Promise.reject(new Error('no canvas'))
  pen.fillStyle = '#fff'
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.fillStyle = '#000'
  modules.dark.forEach((row, y) => runs(row).forEach(([x, width]) => pen.fillRect(x * scale, y * scale, width * scale, scale)))
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('no picture'))), 'image/png'))
}
