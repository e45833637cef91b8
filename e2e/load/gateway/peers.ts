import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { NODE_FLAGS } from "../../../infra/local/process/node-flags";
import { systemPort } from "../../../infra/local/process/ports";
import { cpuSecondsOf } from "../cpu-time";
import { type Contender, completion, NotHere, startProgram } from "./contender";

const run = promisify(execFile);

/** Kept between runs, outside the repository. */
const CACHE = join(tmpdir(), "agathaai-bench");
const PORTKEY = "1.15.2";
const PATH = "/v1/chat/completions";

export interface Ground {
  /** The provider's port. */
  upstream: number;
  /** Put before each gateway's command, such as `taskset -c 0`. */
  prefix: readonly string[];
}

/** Nothing in between: what the load and the provider take by themselves. */
export function nothing({ upstream }: Ground): Contender {
  return {
    name: "nothing",
    port: upstream,
    cpu: () => ({ own: 0, database: 0 }),
    requests: (stream) => [completion(PATH, { authorization: "Bearer up" }, stream)],
    stop: () => {},
  };
}

export async function bareDispatch({ upstream, prefix }: Ground): Promise<Contender> {
  const port = await systemPort();
  const file = fileURLToPath(new URL("dispatch.ts", import.meta.url));
  const child = await startProgram({
    command: [
      ...prefix,
      process.execPath,
      ...NODE_FLAGS,
      "--import",
      "tsx",
      file,
      String(port),
      `http://127.0.0.1:${upstream}`,
    ],
    port,
  });
  return {
    name: "bare undici dispatch",
    port,
    cpu: () => ({ own: cpuSecondsOf(child.pid ?? -1), database: 0 }),
    requests: (stream) => [completion(PATH, {}, stream)],
    stop: () => void child.kill("SIGKILL"),
  };
}

/** Portkey's gateway, as npm has it. No keys, no limits, no ledger: it passes calls on. */
export async function portkey({ upstream, prefix }: Ground): Promise<Contender> {
  const folder = join(CACHE, `portkey-${PORTKEY}`);
  const program = join(folder, "node_modules/@portkey-ai/gateway/build/start-server.js");
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), "{}");
    const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", `@portkey-ai/gateway@${PORTKEY}`];
    await run("npm", args, { cwd: folder, timeout: 120_000 }).catch((cause: unknown) => {
      throw new NotHere("npm could not install it", { cause });
    });
  }
  const port = await systemPort();
  const child = await startProgram({
    command: [...prefix, process.execPath, ...NODE_FLAGS, program, `--port=${port}`, "--headless"],
    port,
    cwd: folder,
  });
  const headers = {
    authorization: "Bearer up",
    "x-portkey-provider": "openai",
    "x-portkey-custom-host": `http://127.0.0.1:${upstream}/v1`,
  };
  return {
    name: `Portkey ${PORTKEY}`,
    port,
    cpu: () => ({ own: cpuSecondsOf(child.pid ?? -1), database: 0 }),
    requests: (stream) => [completion(PATH, headers, stream)],
    stop: () => void child.kill("SIGKILL"),
  };
}

/** LiteLLM's proxy: one worker, no database, no key but its own. From a virtual environment beside the others, or the path. */
export async function liteLlm({ upstream, prefix }: Ground): Promise<Contender> {
  const kept = join(CACHE, "litellm/bin/litellm");
  const program = existsSync(kept) ? kept : "litellm";
  // Without a key of its own it does not start.
  const key = `sk-${randomBytes(32).toString("hex")}`;
  // The list of prices that it comes with: the newest would be fetched at each start.
  const env = { LITELLM_LOCAL_MODEL_COST_MAP: "True", LITELLM_MASTER_KEY: key };
  const said = await run(program, ["--version"], {
    timeout: 60_000,
    env: { ...process.env, ...env },
  }).catch((cause: unknown) => {
    throw new NotHere(
      `there is no litellm (python3 -m venv ${join(CACHE, "litellm")}, pip install 'litellm[proxy]')`,
      {
        cause,
      },
    );
  });
  const version = /\d+(\.\d+)+/.exec(said.stdout)?.[0] ?? "";
  const port = await systemPort();
  const config = join(CACHE, "litellm.yaml");
  mkdirSync(CACHE, { recursive: true });
  const model = { model: "openai/gpt-4o", api_base: `http://127.0.0.1:${upstream}/v1`, api_key: "up" };
  // YAML takes JSON.
  writeFileSync(config, JSON.stringify({ model_list: [{ model_name: "gpt-4o", litellm_params: model }] }));
  const child = await startProgram({
    command: [...prefix, program, "--config", config, "--host", "127.0.0.1", "--port", String(port)],
    port,
    env,
    withinMs: 90_000,
  });
  return {
    name: `LiteLLM ${version}`,
    port,
    cpu: () => ({ own: cpuSecondsOf(child.pid ?? -1), database: 0 }),
    requests: (stream) => [completion(PATH, { authorization: `Bearer ${key}` }, stream)],
    stop: () => void child.kill("SIGKILL"),
  };
}
