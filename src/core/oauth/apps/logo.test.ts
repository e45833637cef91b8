import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import { encodeLogo } from "./logo";

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: { r: 200, g: 30, b: 30 } } });
const encoded = async (image: Sharp) => (await image.toBuffer()).toString("base64");
const refused = { code: "invalid_request", param: "logo", status: 400 };

describe("encodeLogo", () => {
  it.each([
    ["PNG", () => picture(40, 20).png()],
    ["JPEG", () => picture(300, 300).jpeg()],
    ["WebP", () => picture(20, 40).webp()],
  ])("a %s becomes a PNG of 128 by 128", async (_format, make) => {
    const png = await encodeLogo(await encoded(make()));
    expect(await sharp(png).metadata()).toMatchObject({ format: "png", width: 128, height: 128 });
  });

  it("nothing but pixels is left: no metadata, no comment, nothing behind the image", async () => {
    const said = "<script>alert(1)</script>";
    const jpeg = await picture(200, 200)
      .jpeg()
      .withExif({ IFD0: { Artist: said, ImageDescription: said } })
      .toBuffer();
    expect(jpeg.includes(said)).toBe(true);
    const png = await encodeLogo(Buffer.concat([jpeg, Buffer.from(said)]).toString("base64"));
    expect(Buffer.from(png).includes(said)).toBe(false);
    expect(await sharp(png).metadata()).not.toHaveProperty("exif");
  });

  it.each([
    [
      "an SVG",
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>').toString("base64"),
    ],
    ["a GIF", "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"],
    ["a web page", Buffer.from("<!doctype html><title>x</title>").toString("base64")],
    ["nothing", ""],
    ["noise", "AAAA"],
  ])("%s is refused by name", async (_what, base64) => {
    await expect(encodeLogo(base64)).rejects.toMatchObject(refused);
  });

  it("a small file that would unpack to more pixels than allowed is refused before it does", async () => {
    const bomb = await encoded(picture(4_097, 4_096).png({ compressionLevel: 9 }));
    expect(bomb.length).toBeLessThan(1_000_000);
    await expect(encodeLogo(bomb)).rejects.toMatchObject(refused);
    expect(await encodeLogo(await encoded(picture(4_096, 4_096).png()))).toBeInstanceOf(Uint8Array);
  });

  it("a picture that breaks off is refused", async () => {
    const whole = await picture(300, 300).jpeg().toBuffer();
    await expect(encodeLogo(whole.subarray(0, whole.length / 2).toString("base64"))).rejects.toMatchObject(
      refused,
    );
  });
});
