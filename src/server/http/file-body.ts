/**
 * A file as a response body: a piece is read when the caller has received the one before, and none after it has hung up. A
 * piece that cannot be read breaks the connection, so that the caller knows the file is incomplete.
 */
export function fileBody(
  pieces: AsyncIterable<string | Uint8Array>,
  onFailure: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const reading = pieces[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(stream) {
      try {
        const { done, value } = await reading.next();
        if (done) stream.close();
        else stream.enqueue(typeof value === "string" ? encoder.encode(value) : value);
      } catch (error) {
        onFailure(error);
        throw error;
      }
    },
    async cancel() {
      await reading.return?.();
    },
  });
}

const types: Record<string, string> = {
  csv: "text/csv; charset=utf-8",
  jsonl: "application/jsonl; charset=utf-8",
  zip: "application/zip",
};

/** The headers of a file download (RFC 6266). */
export function fileHeaders(filename: string): Record<string, string> {
  return {
    "content-type": types[filename.split(".").at(-1) ?? ""] ?? "application/octet-stream",
    "content-disposition": `attachment; filename="${filename}"`,
  };
}
