import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import {
  GetAliasCommand,
  InvokeCommand,
  LambdaClient,
  paginateListVersionsByFunction,
  UpdateAliasCommand,
} from "@aws-sdk/client-lambda";
import { alarmsOfShift } from "../gate/alarms-of-shift";
import { EMPTY_BATCH, probeOf } from "../gate/probe";
import { shiftAlias } from "../gate/shift-alias";
import { ALIAS } from "../parts/compute/burst";

// `npx tsx commands/shift-alias.ts agathaai-production-use1-home-standard`: 10, 50, 100 percent, back on an alarm.
const [, , FunctionName = ""] = process.argv;
const lambda = new LambdaClient({});
const cloudwatch = new CloudWatchClient({});
const AlarmNames = alarmsOfShift(FunctionName);

const outcome = await shiftAlias({
  versions: async () => {
    const { FunctionVersion: live = "" } = await lambda.send(
      new GetAliasCommand({ FunctionName, Name: ALIAS }),
    );
    const numbers: number[] = [];
    for await (const { Versions = [] } of paginateListVersionsByFunction(
      { client: lambda },
      { FunctionName },
    ))
      numbers.push(...Versions.map(({ Version }) => Number(Version)).filter(Number.isInteger));
    return { live, newest: String(Math.max(...numbers)) };
  },
  route: async ({ live, newest }, share) => {
    const whole = share === 100;
    await lambda.send(
      new UpdateAliasCommand({
        FunctionName,
        Name: ALIAS,
        FunctionVersion: whole ? newest : live,
        RoutingConfig: {
          AdditionalVersionWeights: whole || share === 0 ? {} : { [newest]: share / 100 },
        },
      }),
    );
  },
  ringing: async () => {
    const { MetricAlarms = [] } = await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames, StateValue: "ALARM" }),
    );
    return MetricAlarms.map(({ AlarmName = "" }) => AlarmName);
  },
  probe: (Qualifier) =>
    probeOf(() =>
      lambda.send(new InvokeCommand({ FunctionName, Qualifier, Payload: Buffer.from(EMPTY_BATCH) })),
    ),
  wait: (seconds) => sleep(1_000 * seconds),
  say: console.log,
});
console.log(outcome);
process.exitCode = outcome === "rolled back" ? 1 : 0;
