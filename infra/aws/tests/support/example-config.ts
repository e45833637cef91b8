import type { RawConfig } from "../../config/config";
import { CACHE_TOKEN, secretVariables } from "../../config/secret-variables";
import { cells, regionsOf } from "../../spec/cells";
import { type ProfileName, profiles } from "../../spec/profiles";

export const ACCOUNT = "123456789012";

/** A configuration as a real installation has it, with made-up names. */
export function exampleConfig(profile: ProfileName): RawConfig {
  const { cells: used } = profiles[profile];
  return {
    profile,
    account: ACCOUNT,
    domain: "agathaai.com",
    hostedZoneId: "Z0123456789ABCDEFGHIJ",
    image: `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/agathaai-${profile}@sha256:${"a".repeat(64)}`,
    lambdaBundle: "b".repeat(64),
    keys: Object.fromEntries(
      used.map(({ code }) => [code, `mrk-${String(Object.keys(cells).indexOf(code) + 1).repeat(32)}`]),
    ),
    regions: Object.fromEntries(
      regionsOf(used).map(({ name }) => [
        name,
        {
          certificate: `arn:aws:acm:${name}:${ACCOUNT}:certificate/11111111-2222-3333-4444-555555555555`,
          appSecret: `arn:aws:secretsmanager:${name}:${ACCOUNT}:secret:agathaai/app-AbCdEf`,
          edgeSecret: `arn:aws:secretsmanager:${name}:${ACCOUNT}:secret:agathaai/edge-AbCdEf`,
          healthCheckPrefixList: "pl-0a1b2c3d4e5f67890",
        },
      ]),
    ),
    secretHolds: [...secretVariables, CACHE_TOKEN],
    epochs: Object.fromEntries(
      used
        .filter(({ standby }) => standby !== undefined)
        .map((cell) => [cell.code, [cell.home, cell.standby, third(cell.home)].map(witness)]),
    ),
    onCall: {
      pager: "https://events.pagerduty.com/integration/example/enqueue",
      primary: "primary@agathaai.com",
      secondary: "secondary@agathaai.com",
      manager: "manager@agathaai.com",
      director: "director@agathaai.com",
      vicePresident: "vp-engineering@agathaai.com",
    },
    repository: "agathaai/agathaai",
  };
}

const witness = (region = "") => ({ bucket: `agathaai-epochs-${region}`, region });
/** Inside the jurisdiction, like everything else. */
const third = (home: string) => (home.startsWith("eu-") ? "eu-north-1" : "us-east-2");
