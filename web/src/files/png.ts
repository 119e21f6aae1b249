/// A picture as PNG: the browser draws the SVG file on a canvas.

/// Pixels for each unit of the picture, so that it stays sharp on paper and on screens of two pixels a point.
const SCALE = 2
/// Browsers refuse larger canvases; a bigger picture gets fewer pixels a unit.
const MOST_SIDE = 16_000
const MOST_AREA = 120_000_000

export function scaleFor(width: number, height: number): number {
  return Math.min(SCALE, MOST_SIDE / width, MOST_SIDE / height, Math.sqrt(MOST_AREA / (width * height)))
}

export async function pngOf(svg: string): Promise<Blob> {
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
  await image.decode()
  const scale = scaleFor(image.naturalWidth, image.naturalHeight)
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.floor(image.naturalWidth * scale))
  canvas.height = Math.max(1, Math.floor(image.naturalHeight * scale))
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'))
  if (!blob) throw new Error(`the browser could not draw a picture of ${canvas.width} x ${canvas.height} pixels`)
  return blob
}
