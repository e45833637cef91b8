import process from "node:process";
import { EnvError } from "../../src/core/platform/env";
import { insecureProblem } from "../commands/insecure";

/** As `npm run start:production` does: a container that would speak plaintext says so and does not start. */
try {
  const problem = insecureProblem(process.env);
  if (problem !== undefined) refuse(problem);
} catch (error) {
  refuse(error instanceof EnvError ? error.message : String(error));
}

function refuse(message: string): never {
  console.error(message);
  process.exit(1);
}
