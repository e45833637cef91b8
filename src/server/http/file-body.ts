/**
 * A file's text as an answer's body: the next piece is read when the caller has taken the last, and none once it has
 * hung up. A piece that cannot be read ends the connection, which tells the caller that the file is not whole.
 */
export function fileBody(
  pieces: AsyncIterable<string>,
  onFailure: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const reading = pieces[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(stream) {
      try {
        const { done, value } = await reading.next();
        if (done) stream.close();
        else stream.enqueue(encoder.encode(value));
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

/** What says that the body is a file to keep (RFC 6266). */
export function csvHeaders(filename: string): Record<string, string> {
  return {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": `attachment; filename="${filename}"`,
  };
}
