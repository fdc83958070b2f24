/** Hands a file to the device. The address lives for a minute, long enough for a browser that asks where to put it. */
export function saved(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
