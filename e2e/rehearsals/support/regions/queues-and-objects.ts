import { buildApp } from "fauxqs";

/** SQS and S3 of one region, as a process within it. */
const [host = "", port = "", defaultRegion = ""] = process.argv.slice(2);
await buildApp({ logger: false, defaultRegion }).listen({ host, port: Number(port) });
