import { createServer } from "node:http";
import { Pool } from "undici";

// The least that a gateway on Node can do: read the request, hand it to undici's dispatcher, hand the answer's bytes back.
// No key, no limit, no ledger.

const [port, upstream] = process.argv.slice(2);
if (port === undefined || upstream === undefined) throw new Error("dispatch.ts <port> <upstream>");
const pool = new Pool(upstream, { headersTimeout: 0, bodyTimeout: 0 });

createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const body = parts.length === 1 ? parts[0] : Buffer.concat(parts);
    pool.dispatch(
      {
        method: "POST",
        path: request.url ?? "/",
        headers: { "content-type": "application/json", authorization: "Bearer up" },
        ...(body !== undefined && { body }),
      },
      {
        onRequestStart: () => {},
        onResponseStart(_, status, headers) {
          const { "content-type": type, "content-length": length } = headers;
          response.writeHead(status, {
            "content-type": String(type),
            ...(length !== undefined && { "content-length": String(length) }),
          });
        },
        onResponseData(controller, chunk) {
          if (response.write(chunk)) return;
          controller.pause();
          response.once("drain", () => controller.resume());
        },
        onResponseEnd: () => void response.end(),
        onResponseError: () => void response.destroy(),
      },
    );
  });
}).listen(Number(port), "127.0.0.1");
process.once("disconnect", () => process.exit(0));
