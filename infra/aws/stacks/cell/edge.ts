import { RemovalPolicy, SecretValue } from "aws-cdk-lib";
import * as kms from "aws-cdk-lib/aws-kms";
import * as logs from "aws-cdk-lib/aws-logs";
import * as waf from "aws-cdk-lib/aws-wafv2";
import type { Construct } from "constructs";
import { CHECK_PATH, EDGE_HEADER } from "../../parts/network/origins";
import { spec } from "../../spec/spec";
import { type CellProps, CellStack } from "../base-stack";

/** WAF counts a window, not a second. */
const WINDOW_SECONDS = 60;
export const WINDOW_LIMIT = spec.network.requestsPerSecondPerAddress * WINDOW_SECONDS;

/**
 * Rules that read bodies only count: a prompt may be a megabyte, and quoting a script or a path in one is what people ask
 * models about.
 */
const COUNTED = [
  "SizeRestrictions_BODY",
  "CrossSiteScripting_BODY",
  "GenericLFI_BODY",
  "GenericRFI_BODY",
  "EC2MetaDataSSRF_BODY",
  // SDKs and monitors without an agent are customers.
  "NoUserAgent_HEADER",
];

/** Prompts quote these attacks too; in a header or an address they have no business. */
const COUNTED_OF_KNOWN_ATTACKS = ["Log4JRCE_BODY", "JavaDeserializationRCE_BODY", "ReactJSRCE_BODY"];

export interface EdgeProps extends CellProps {
  balancerArn: string;
  platformKeyArn: string;
}

/**
 * AWS's half of the edge. Cloudflare's half (DDoS, its own firewall, bots, TLS 1.3) is in docs/DEPLOYMENT_GUIDE.md: who
 * comes without the header that it adds is refused here.
 */
export class EdgeStack extends CellStack {
  constructor(scope: Construct, props: EdgeProps) {
    super(scope, "edge", props);
    const secret = SecretValue.secretsManager(this.made.edgeSecret).unsafeUnwrap();
    const acl = new waf.CfnWebACL(this, "Acl", {
      name: this.names.placed(this.placement),
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      visibilityConfig: seen("acl"),
      rules: [
        {
          name: "around-the-edge",
          priority: 0,
          action: { block: {} },
          visibilityConfig: seen("around"),
          statement: notBoth(secret),
        },
        {
          name: "rate-of-an-address",
          priority: 1,
          action: { block: { customResponse: { responseCode: 429 } } },
          visibilityConfig: seen("rate"),
          statement: {
            rateBasedStatement: {
              limit: WINDOW_LIMIT,
              evaluationWindowSec: WINDOW_SECONDS,
              aggregateKeyType: "FORWARDED_IP",
              // A request without the header is counted together with all others like it, not let through.
              forwardedIpConfig: { headerName: "CF-Connecting-IP", fallbackBehavior: "MATCH" },
            },
          },
        },
        managed("AWSManagedRulesCommonRuleSet", 2, COUNTED),
        managed("AWSManagedRulesKnownBadInputsRuleSet", 3, COUNTED_OF_KNOWN_ATTACKS),
      ],
    });
    new waf.CfnWebACLAssociation(this, "Association", {
      resourceArn: props.balancerArn,
      webAclArn: acl.attrArn,
    });
    // WAF accepts a group of this prefix alone.
    const group = new logs.LogGroup(this, "Log", {
      logGroupName: `aws-waf-logs-${this.names.placed(this.placement)}`,
      encryptionKey: kms.Key.fromKeyArn(this, "Platform", props.platformKeyArn),
      retention: this.config.profile.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new waf.CfnLoggingConfiguration(this, "Logging", {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [
        `arn:aws:logs:${this.where.name}:${this.config.account}:log-group:${`aws-waf-logs-${this.names.placed(this.placement)}`}`,
      ],
      redactedFields: ["authorization", "x-api-key", "cookie", EDGE_HEADER].map((name) => ({
        singleHeader: { Name: name },
      })),
      loggingFilter: {
        DefaultBehavior: "DROP",
        Filters: [
          {
            Behavior: "KEEP",
            Requirement: "MEETS_ANY",
            Conditions: [{ ActionCondition: { Action: "BLOCK" } }, { ActionCondition: { Action: "COUNT" } }],
          },
        ],
      },
    }).node.addDependency(group);
  }
}

/** Neither the edge's header nor the one path that Route 53 asks. */
function notBoth(secret: string): waf.CfnWebACL.StatementProperty {
  const match = (
    fieldToMatch: waf.CfnWebACL.FieldToMatchProperty,
    searchString: string,
  ): waf.CfnWebACL.StatementProperty => ({
    byteMatchStatement: {
      fieldToMatch,
      positionalConstraint: "EXACTLY",
      searchString,
      textTransformations: [{ priority: 0, type: "NONE" }],
    },
  });
  const not = (statement: waf.CfnWebACL.StatementProperty) => ({ notStatement: { statement } });
  return {
    andStatement: {
      statements: [
        not(match({ singleHeader: { Name: EDGE_HEADER } }, secret)),
        not(match({ uriPath: {} }, CHECK_PATH)),
      ],
    },
  };
}

function managed(name: string, priority: number, counted: string[]): waf.CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    overrideAction: { none: {} },
    visibilityConfig: seen(name),
    statement: {
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
  };
}

const seen = (metricName: string) => ({
  cloudWatchMetricsEnabled: true,
  metricName,
  // Samples keep whole requests, keys and prompts too.
  sampledRequestsEnabled: false,
});
