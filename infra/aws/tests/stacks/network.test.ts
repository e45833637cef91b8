import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { CLOUDFLARE_RANGES } from "../../parts/network/cloudflare-ranges";
import { regions } from "../../spec/cells";
import { MAY_TALK, OUTWARD, outside, ports } from "../../spec/may-talk";
import { only, resourcesOf, synthesized } from "../support/synthesized";

const production = synthesized("production");
const network = /us-east-1-network$/;

it("the primary region is 10.0.0.0/16, and no two regions overlap", () => {
  expect(only(production, "AWS::EC2::VPC", network)["CidrBlock"]).toBe("10.0.0.0/16");
  const blocks = resourcesOf(production, "AWS::EC2::VPC").map(({ Properties }) => Properties["CidrBlock"]);
  expect(blocks.sort()).toEqual(
    Object.values(regions)
      .map(({ cidr }) => cidr)
      .sort(),
  );
});

it("there are three zones, and nothing but the balancer can be reached from outside", () => {
  const subnets = resourcesOf(production, "AWS::EC2::Subnet", network);
  expect(subnets).toHaveLength(9);
  expect(new Set(subnets.map(({ Properties }) => Properties["AvailabilityZone"])).size).toBe(3);
  for (const { Properties } of subnets) expect(Properties["MapPublicIpOnLaunch"]).toBe(false);
  expect(resourcesOf(production, "AWS::EC2::NatGateway", network)).toHaveLength(3);
});

it("security groups let through exactly the rows of MAY_TALK, at both ends", () => {
  const expected = (inward: boolean) =>
    MAY_TALK.filter(({ from, to }) => !outside.has(inward ? to : from))
      .map(({ from, to, port }) => `${from}-${to}-${port}`)
      .sort();
  const made = (type: string) =>
    resourcesOf(production, type, network)
      .map(({ Properties }) => {
        const [, from, to] = /^(\w+) to (\w+)/.exec(String(Properties["Description"])) ?? [];
        expect(Properties["FromPort"]).toBe(Properties["ToPort"]);
        return `${from}-${to}-${Properties["FromPort"]}`;
      })
      .sort();
  expect(made("AWS::EC2::SecurityGroupIngress")).toEqual(expected(true));
  expect(made("AWS::EC2::SecurityGroupEgress")).toEqual(expected(false));
});

it("what the product connects to is let out by groups and lists: HTTPS, mail by 465 and 587, syslog over TLS", () => {
  expect([...OUTWARD]).toEqual([443, 465, 587, 6_514]);
  const outward = MAY_TALK.filter(({ to }) => to === "internet");
  expect([...new Set(outward.map(({ port }) => port))].sort((a, b) => a - b)).toEqual([...OUTWARD]);
  // A customer's stream is tried by the server and written by the worker; both send mail.
  for (const from of ["api", "worker"])
    expect(outward.filter((row) => row.from === from).map(({ port }) => port)).toEqual([...OUTWARD]);
  const entries = (id: RegExp, egress: boolean) =>
    resourcesOf(production, "AWS::EC2::NetworkAclEntry", network)
      .filter((entry) => id.test(entry.id) && Boolean(entry.Properties["Egress"]) === egress)
      .map(({ Properties }) => ({
        from: JSON.stringify(Properties["CidrBlock"]),
        port: (Properties["PortRange"] as { From: number }).From,
      }));
  for (const list of [/^Aclapp/, /^Aclpublic/])
    for (const port of OUTWARD)
      expect(entries(list, true), `${list} ${port}`).toContainEqual({ from: '"0.0.0.0/0"', port });
  // Through the translation of addresses, which is in the public subnets of each zone.
  for (const port of OUTWARD.filter((one) => one !== ports.https))
    expect(entries(/^Aclpublic/, false).filter((entry) => entry.port === port)).toHaveLength(3);
});

it("the guide says by which ports a cell reaches out", () => {
  const guide = readFileSync(new URL("../../../../docs/DEPLOYMENT_GUIDE.md", import.meta.url), "utf8");
  const [, said = ""] = /\*\*Ways out\.\*\*([^\n]+)/.exec(guide) ?? [];
  expect([...said.matchAll(/`(\d+)`/g)].map(([, port]) => Number(port))).toEqual([...OUTWARD]);
});

it("no group lets the internet in, and none lets out what no row names", () => {
  for (const { Properties } of resourcesOf(production, "AWS::EC2::SecurityGroupIngress")) {
    expect(Properties).not.toHaveProperty("CidrIp");
    expect(Properties).not.toHaveProperty("CidrIpv6");
  }
  const groups = resourcesOf(production, "AWS::EC2::SecurityGroup");
  for (const { Properties, id } of groups) {
    expect(Properties["SecurityGroupIngress"], id).toBeUndefined();
    expect(Properties["SecurityGroupEgress"], id).toMatchObject([{ CidrIp: "255.255.255.255/32" }]);
  }
  // Outside the network stacks nobody makes a group or a rule.
  expect(new Set(groups.map(({ stack }) => stack.replace(/.*-/, "")))).toEqual(new Set(["network"]));
});

it("Route 53's checks come in by AWS's own list, and customers through Cloudflare alone", () => {
  const toBalancer = resourcesOf(production, "AWS::EC2::SecurityGroupIngress", network).filter(
    ({ Properties }) => / to balancer/.test(String(Properties["Description"])),
  );
  expect(toBalancer.map(({ Properties }) => typeof Properties["SourcePrefixListId"])).toHaveLength(2);
  expect(only(production, "AWS::EC2::PrefixList", network)["Entries"]).toHaveLength(CLOUDFLARE_RANGES.length);
});

it("the database's subnets have no way to the internet, neither by route nor by list", () => {
  const data = resourcesOf(production, "AWS::EC2::Subnet", network).filter(({ id }) => /data/.test(id));
  expect(data).toHaveLength(3);
  expect(resourcesOf(production, "AWS::EC2::Route", network).filter(({ id }) => /data/.test(id))).toEqual([]);
  const entries = resourcesOf(production, "AWS::EC2::NetworkAclEntry", network).filter(({ id }) =>
    /^Acldata/.test(id),
  );
  expect(entries.length).toBeGreaterThan(0);
  for (const { Properties } of entries)
    expect(JSON.stringify(Properties["CidrBlock"])).not.toContain("0.0.0.0/0");
});

it("who spoke with whom is logged in every region", () => {
  expect(resourcesOf(production, "AWS::EC2::FlowLog")).toHaveLength(4);
});

it("KMS, SQS, secrets, logs and images are reached without the internet", () => {
  expect(resourcesOf(production, "AWS::EC2::VPCEndpoint", network)).toHaveLength(8);
  expect(resourcesOf(synthesized("small"), "AWS::EC2::VPCEndpoint")).toHaveLength(1);
});
