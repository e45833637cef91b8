import * as iam from "aws-cdk-lib/aws-iam";
import * as kms from "aws-cdk-lib/aws-kms";
import * as sns from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { ESCALATION, severities } from "../../parts/alarms/alarms";
import { type RegionProps, RegionStack } from "../base-stack";

/** Whom the region tells what. Critical wakes people by the pager, which escalates; warnings wait for the day. */
export class OnCallStack extends RegionStack {
  constructor(scope: Construct, props: RegionProps & { platformKeyArn: string }) {
    super(scope, "on-call", props);
    const key = kms.Key.fromKeyArn(this, "Platform", props.platformKeyArn);
    const { onCall, account } = this.config;
    for (const severity of severities) {
      const topic = new sns.Topic(this, severity, {
        topicName: this.names.topic(severity),
        masterKey: key,
        enforceSSL: true,
      });
      topic.addToResourcePolicy(
        new iam.PolicyStatement({
          principals: ["cloudwatch", "events", "backup", "aps"].map(
            (service) => new iam.ServicePrincipal(`${service}.amazonaws.com`),
          ),
          actions: ["sns:Publish", "sns:GetTopicAttributes"],
          resources: [topic.topicArn],
          conditions: { StringEquals: { "aws:SourceAccount": account } },
        }),
      );
      for (const { whom, protocol } of ESCALATION[severity]) {
        new sns.CfnSubscription(this, `${severity}-${whom}`, {
          topicArn: topic.topicArn,
          protocol,
          endpoint: onCall[whom],
        });
      }
    }
  }
}
