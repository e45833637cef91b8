import * as ec2 from "aws-cdk-lib/aws-ec2";
import type { Construct } from "constructs";
import { OUTWARD, ports } from "../../spec/may-talk";

/** Ports from which a connection that was opened elsewhere is answered. */
const ANSWERS: [number, number] = [1_024, 65_535];
const EVERYWHERE = "0.0.0.0/0";
const BESIDE_HTTPS = OUTWARD.filter((port) => port !== ports.https);

interface Entry {
  from: string;
  ports: number | [number, number];
}

/**
 * The second fence, for the day that a security group is wrong: lists know no connections, so answers are let through by
 * their ports. The database's subnets speak with the application's and with each other, and with nobody else.
 */
export function addNetworkAcls(scope: Construct, vpc: ec2.Vpc): void {
  const cidrsOf = (group: string) =>
    vpc.selectSubnets({ subnetGroupName: group }).subnets.map(({ ipv4CidrBlock }) => ipv4CidrBlock);
  const each = (cidrs: string[], range: Entry["ports"]) => cidrs.map((from) => ({ from, ports: range }));
  const [open, app, data] = ["public", "app", "data"].map(cidrsOf) as [string[], string[], string[]];

  makeList(scope, vpc, "public", {
    in: [
      { from: EVERYWHERE, ports: ports.https },
      // What the application sends out through the translation of addresses.
      ...BESIDE_HTTPS.flatMap((port) => each(app, port)),
      { from: EVERYWHERE, ports: ANSWERS },
    ],
    out: [
      ...OUTWARD.map((port) => ({ from: EVERYWHERE, ports: port })),
      ...each(app, ports.app),
      { from: EVERYWHERE, ports: ANSWERS },
    ],
  });
  makeList(scope, vpc, "app", {
    in: [...each(open, ports.app), ...each(app, ports.https), { from: EVERYWHERE, ports: ANSWERS }],
    out: [
      ...OUTWARD.map((port) => ({ from: EVERYWHERE, ports: port })),
      ...each(data, ports.postgres),
      ...each(data, ports.redis),
      ...each(open, ANSWERS),
      ...each(app, ANSWERS),
    ],
  });
  makeList(scope, vpc, "data", {
    // Nodes of one store speak with each other across the zones.
    in: [
      ...each([...app, ...data], ports.postgres),
      ...each([...app, ...data], ports.redis),
      ...each(data, ANSWERS),
    ],
    out: [...each(app, ANSWERS), ...each(data, ANSWERS)],
  });
}

function makeList(
  scope: Construct,
  vpc: ec2.Vpc,
  subnetGroupName: string,
  { in: inbound, out }: { in: Entry[]; out: Entry[] },
): void {
  const list = new ec2.NetworkAcl(scope, `Acl-${subnetGroupName}`, {
    vpc,
    subnetSelection: { subnetGroupName },
  });
  const add = (direction: ec2.TrafficDirection, entries: Entry[]) => {
    for (const [index, entry] of entries.entries()) {
      const [first, last] = typeof entry.ports === "number" ? [entry.ports, entry.ports] : entry.ports;
      list.addEntry(`${ec2.TrafficDirection[direction]}-${index}`, {
        cidr: ec2.AclCidr.ipv4(entry.from),
        ruleNumber: 100 + index,
        traffic: ec2.AclTraffic.tcpPortRange(first, last),
        direction,
        ruleAction: ec2.Action.ALLOW,
      });
    }
  };
  add(ec2.TrafficDirection.INGRESS, inbound);
  add(ec2.TrafficDirection.EGRESS, out);
}
