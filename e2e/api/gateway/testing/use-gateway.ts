import {
  startTestProcesses,
  type TestProcesses,
} from "../../../../infra/testing/processes/start-test-processes";
import { type TestStack, useTestStack } from "../../../../infra/testing/use-test-stack";
import { type Api, openApi } from "../../../support/client";
import { customer, makeKey, type Person } from "../../../support/people";

export interface Gateway {
  stack: TestStack;
  run: TestProcesses;
  api: Api;
  /** A customer on a roomy plan, and the secret of their live key. */
  ada: Person;
  key: string;
}

/** A server of its own for this file, and who calls it. At the top of the file, before any test. */
export async function useGateway(
  options: { workers?: number; env?: Record<string, string> } = {},
): Promise<Gateway> {
  const stack = await useTestStack();
  const run = await startTestProcesses({ server: true, ...options });
  const api = await openApi(run);
  const ada = await customer(api, stack);
  return { stack, run, api, ada, key: await makeKey(api, ada) };
}
