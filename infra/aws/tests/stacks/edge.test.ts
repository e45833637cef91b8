import { expect, it } from "vitest";
import { spec } from "../../spec/spec";
import { only, resourcesOf, synthesized } from "../support/synthesized";

const production = synthesized("production");
const edge = /us-east-1-use1-home-edge$/;
const api = /us-east-1-use1-home-api$/;
const rules = only(production, "AWS::WAFv2::WebACL", edge)["Rules"] as { Name: string; Statement: unknown }[];
const rule = (name: string) => rules.find(({ Name }) => Name === name);

it("10,000 requests a second of one address are 600,000 in WAF's window of 60 seconds", () => {
  expect(rule("rate-of-an-address")?.Statement).toEqual({
    RateBasedStatement: {
      Limit: 600_000,
      EvaluationWindowSec: 60,
      AggregateKeyType: "FORWARDED_IP",
      ForwardedIPConfig: { HeaderName: "CF-Connecting-IP", FallbackBehavior: "MATCH" },
    },
  });
  expect(600_000 / 60).toBe(spec.network.requestsPerSecondPerAddress);
});

it("who comes around the edge is refused, but for the path that Route 53 asks", () => {
  const around = JSON.stringify(rule("around-the-edge"));
  expect(around).toContain('"Block":{}');
  expect(around).toContain("{{resolve:secretsmanager:");
  expect(around).toContain('"SearchString":"/api/ready"');
});

/** Every rule of each group that looks into bodies ("AWS Managed Rules rule groups list"); prompts quote what they look for. */
const OF_BODIES: Record<string, string[]> = {
  AWSManagedRulesCommonRuleSet: [
    "CrossSiteScripting_BODY",
    "EC2MetaDataSSRF_BODY",
    "GenericLFI_BODY",
    "GenericRFI_BODY",
    "SizeRestrictions_BODY",
  ],
  AWSManagedRulesKnownBadInputsRuleSet: ["JavaDeserializationRCE_BODY", "Log4JRCE_BODY", "ReactJSRCE_BODY"],
};

it("in every managed group the rules that read bodies count and do not block: prompts quote what they look for", () => {
  const groups = rules.flatMap(({ Statement }) => {
    const { ManagedRuleGroupStatement: group } = Statement as {
      ManagedRuleGroupStatement?: {
        Name: string;
        RuleActionOverrides: { Name: string; ActionToUse: unknown }[];
      };
    };
    return group === undefined ? [] : [group];
  });
  expect(groups.map(({ Name }) => Name)).toEqual(Object.keys(OF_BODIES));
  for (const { Name, RuleActionOverrides } of groups) {
    const counted = RuleActionOverrides.map(({ Name: rule }) => rule).filter((rule) =>
      rule.endsWith("_BODY"),
    );
    expect(counted.sort(), Name).toEqual(OF_BODIES[Name]);
    for (const { ActionToUse } of RuleActionOverrides) expect(ActionToUse).toEqual({ Count: {} });
  }
});

it("no key, token or cookie is in WAF's log, nor in its samples", () => {
  const logging = only(production, "AWS::WAFv2::LoggingConfiguration", edge);
  expect(logging["RedactedFields"]).toEqual(
    ["authorization", "x-api-key", "cookie", "x-agathaai-edge"].map((Name) => ({ SingleHeader: { Name } })),
  );
  expect(JSON.stringify(only(production, "AWS::WAFv2::WebACL", edge))).not.toContain(
    '"SampledRequestsEnabled":true',
  );
});

it("the balancer takes TLS 1.2 and 1.3: Route 53's checks speak no 1.3", () => {
  expect(only(production, "AWS::ElasticLoadBalancingV2::Listener", api)).toMatchObject({
    Port: 443,
    Protocol: "HTTPS",
    SslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
  });
});

it("a dead region is left within 30 seconds: the check's interval, once, and what resolvers remember", () => {
  const stack = /us-east-1-use1-home-dns$/;
  const check = only(production, "AWS::Route53::HealthCheck", stack)["HealthCheckConfig"] as {
    Type: string;
    RequestInterval: number;
    FailureThreshold: number;
  };
  expect(check).toMatchObject({ Type: "HTTPS", FullyQualifiedDomainName: "use1-home.origin.agathaai.com" });
  const records = resourcesOf(production, "AWS::Route53::RecordSet", stack).map(
    ({ Properties }) => Properties,
  );
  for (const { TTL, Type } of records) {
    // An alias of a balancer would be remembered for a minute.
    expect(Type).toBe("CNAME");
    expect(check.RequestInterval * check.FailureThreshold + Number(TTL)).toBeLessThanOrEqual(
      spec.regions.failoverSeconds,
    );
  }
  expect(records.map(({ Failover }) => Failover)).toEqual(["PRIMARY", "SECONDARY"]);
});

it("each balancer has a name, so that no stack waits for another region's", () => {
  const names = resourcesOf(production, "AWS::Route53::RecordSet", /-api$/).map(
    ({ Properties }) => Properties["Name"],
  );
  expect(names.sort()).toEqual(
    ["euw1", "use1", "usw2"].flatMap((cell) => [
      `${cell}-home.origin.agathaai.com`,
      `${cell}-standby.origin.agathaai.com`,
    ]),
  );
});
