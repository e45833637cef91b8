import * as ec2 from "aws-cdk-lib/aws-ec2";
import type { Construct } from "constructs";
import { MAY_TALK, outside, type Party, type Talk } from "../../spec/may-talk";

type Inside = Exclude<Party, "cloudflare" | "healthChecks" | "internet">;
export type SecurityGroupIds = Record<Inside, string>;

const inside: readonly Inside[] = [
  "balancer",
  "api",
  "worker",
  "burst",
  "migrate",
  "database",
  "cache",
  "endpoints",
];

/** Without one rule of its own a group lets everything out. This one matches no packet. */
const NOTHING_OUT = [
  {
    ipProtocol: "icmp",
    cidrIp: "255.255.255.255/32",
    fromPort: 252,
    toPort: 86,
    description: "nothing: the rows of MAY_TALK are all that passes",
  },
];

/** A security group a party, and for each row of MAY_TALK a rule at either end of it. */
export function makeFirewall(
  scope: Construct,
  vpc: ec2.IVpc,
  prefixLists: { cloudflare: string; healthChecks: string },
): SecurityGroupIds {
  const groups = Object.fromEntries(
    inside.map((party) => [
      party,
      new ec2.CfnSecurityGroup(scope, `Group-${party}`, {
        vpcId: vpc.vpcId,
        groupDescription: `AgathaAI ${party}`,
        securityGroupEgress: NOTHING_OUT,
      }).attrGroupId,
    ]),
  ) as SecurityGroupIds;

  for (const talk of MAY_TALK) {
    const name = `${talk.from}-${talk.to}-${talk.port}`;
    const { from, to } = talk;
    if (isInside(to)) {
      new ec2.CfnSecurityGroupIngress(scope, `In-${name}`, {
        ...common(talk),
        groupId: groups[to],
        ...(isInside(from)
          ? { sourceSecurityGroupId: groups[from] }
          : {
              sourcePrefixListId: from === "cloudflare" ? prefixLists.cloudflare : prefixLists.healthChecks,
            }),
      });
    }
    if (isInside(from)) {
      new ec2.CfnSecurityGroupEgress(scope, `Out-${name}`, {
        ...common(talk),
        groupId: groups[from],
        ...(isInside(to) ? { destinationSecurityGroupId: groups[to] } : { cidrIp: "0.0.0.0/0" }),
      });
    }
  }
  return groups;
}

const isInside = (party: Party): party is Inside => !outside.has(party);

const common = ({ from, to, port, because }: Talk) => ({
  ipProtocol: "tcp",
  fromPort: port,
  toPort: port,
  description: `${from} to ${to}, ${because}`.replace(/[^\w .,:/-]/g, " "),
});
