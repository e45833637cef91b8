import { createServer } from "node:http";
import { z } from "zod";

export interface LocalSecrets {
  endpoint: string;
  /** The texts of the secret's versions; `pending` while a rotation is under way. */
  versions: { current: string; pending: string | undefined };
  calls(): number;
  /** From now on each call fails, until `false`. */
  fail(failing: boolean): void;
  stop(): Promise<void>;
}

const inputSchema = z.object({ SecretId: z.string(), VersionStage: z.enum(["AWSCURRENT", "AWSPENDING"]) });

/** Speaks Secrets Manager's JSON 1.1 protocol for one secret, `database`. */
export async function startSecrets(current: string): Promise<LocalSecrets> {
  const versions: LocalSecrets["versions"] = { current, pending: undefined };
  let calls = 0;
  let failing = false;
  const server = createServer(async (request, response) => {
    calls += 1;
    let body = "";
    for await (const chunk of request) body += chunk;
    const answer = (status: number, json: object) =>
      void response
        .writeHead(status, { "content-type": "application/x-amz-json-1.1" })
        .end(JSON.stringify(json));
    if (failing) return answer(400, { __type: "AccessDeniedException", message: "no" });
    const { SecretId, VersionStage } = inputSchema.parse(JSON.parse(body));
    const text = VersionStage === "AWSCURRENT" ? versions.current : versions.pending;
    if (request.headers["x-amz-target"] !== "secretsmanager.GetSecretValue" || SecretId !== "database")
      return answer(400, { __type: "InvalidRequestException", message: "no" });
    if (text === undefined) return answer(400, { __type: "ResourceNotFoundException", message: "no" });
    answer(200, { Name: SecretId, SecretString: text, VersionStages: [VersionStage] });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it listens on no port");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    versions,
    calls: () => calls,
    fail: (next) => {
      failing = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
