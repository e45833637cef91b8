import yauzl from "yauzl";

/** The files of a ZIP, by their names. */
export async function unzip(bytes: Buffer): Promise<Map<string, string>> {
  const zip = await yauzl.fromBufferPromise(bytes, { lazyEntries: true, autoClose: false });
  const files = new Map<string, string>();
  await new Promise<void>((done, failed) => {
    zip.on("error", failed);
    zip.on("end", done);
    zip.on("entry", (entry: yauzl.Entry) => {
      void (async () => {
        const parts: Uint8Array[] = [];
        for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part);
        files.set(entry.fileName, Buffer.concat(parts).toString("utf8"));
        zip.readEntry();
      })().catch(failed);
    });
    zip.readEntry();
  });
  return files;
}
