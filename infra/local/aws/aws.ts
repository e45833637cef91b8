import type { AddressInfo } from "node:net";
import { buildApp } from "fauxqs";
import { keepObjects } from "./aws-objects";

export type Aws = { endpoint: string; port: number; stop(): Promise<void> };

/**
 * Starts SQS and S3 (fauxqs) on the loopback address. Queues live in memory: messages lost by a restart are sent again,
 * because the row is the outbox. Objects are kept in `objectsDir` when it is given.
 */
export async function startAws(options: { port: number; region: string; objectsDir?: string }): Promise<Aws> {
  const app = buildApp({ logger: false, defaultRegion: options.region });
  if (options.objectsDir !== undefined) await keepObjects(app, options.objectsDir);
  await app.listen({ port: options.port, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    stop: async () => {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
