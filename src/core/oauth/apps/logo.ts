import { AppError } from "../../platform";
import type { Bytes } from "../../platform/crypto/hash";

const SIDE = 128;
/** A small file can unpack to gigabytes. */
const MAX_PIXELS = 4_096 * 4_096;
const formats: ReadonlySet<string> = new Set(["png", "jpeg", "webp"]);

/**
 * A PNG made of the pixels alone: what else the file held (metadata, scripts, a second file behind the image) is gone, and
 * what we send to readers is what our own encoder wrote.
 * @throws AppError `invalid_request`, param `logo`.
 */
export async function encodeLogo(base64: string): Promise<Bytes> {
  // Loaded with the first logo: few processes ever see one.
  const { default: sharp } = await import("sharp");
  try {
    const image = sharp(Buffer.from(base64, "base64"), { limitInputPixels: MAX_PIXELS, failOn: "error" });
    const { format } = await image.metadata();
    if (!formats.has(format ?? "")) throw unreadable();
    const png = await image
      .rotate()
      .resize(SIDE, SIDE, { fit: "contain", background: { r: 0, g: 0, b: 0, alpha: 0 } })
      .png({ compressionLevel: 9 })
      .toBuffer();
    return new Uint8Array(png);
  } catch (error) {
    throw error instanceof AppError ? error : unreadable(error);
  }
}

function unreadable(cause?: unknown): AppError {
  return new AppError("invalid_request", {
    public: "The logo must be a PNG, JPEG or WebP image of at most 4096 by 4096 pixels.",
    param: "logo",
    cause,
  });
}
