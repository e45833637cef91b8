import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import * as events from "aws-cdk-lib/aws-events";
import * as logs from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { type AlarmRow, alarmsOf, severities } from "../../parts/alarms/alarms";
import { countedLines, OWN_NAMESPACE } from "../../parts/alarms/counted";
import { latencyName, type MetricContext, metricOf } from "../../parts/alarms/metrics-of";
import { type CellProps, CellStack } from "../base-stack";
import type { MessagingStack } from "./messaging";
import type { WorkspaceRef } from "./metrics";

export const LATENCY_FILTER =
  '{ ($.msg = "request") && (($.route = "/api/*") || ($.route = "/v1/*")) && ($.route != "/v1/chat/completions") && ($.wait NOT EXISTS) && ($.ms >= 0) }';

export interface OperationsProps extends CellProps {
  messaging: MessagingStack;
  balancerFullName: string;
  workspace: WorkspaceRef;
}

/** What a person is told about a cell, and what she looks at then: one table makes the alarms and the dashboard. */
export class OperationsStack extends CellStack {
  constructor(scope: Construct, props: OperationsProps) {
    super(scope, "operations", props);
    const context: MetricContext = {
      names: this.names,
      placement: this.placement,
      messaging: props.messaging,
      balancerFullName: props.balancerFullName,
      workspaceId: props.workspace.id,
    };
    this.countLatency();
    const rows = alarmsOf(this.config, this.placement.role);
    for (const row of rows) this.addAlarm(row, context);
    this.addDashboard(rows, context);
    this.tellOfDeployments();
  }

  private addAlarm(row: AlarmRow, context: MetricContext): void {
    const alarm = new cloudwatch.Alarm(this, row.name, {
      alarmName: `${this.names.placed(this.placement)}-${row.name}`,
      alarmDescription: `${row.because}. docs/RUNBOOKS.md#${row.runbook}`,
      metric: metricOf(row.source, context),
      threshold: row.threshold,
      comparisonOperator:
        row.source.of === "storage"
          ? cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
          : cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      // A rule that need not hold for any time is looked at over a minute.
      evaluationPeriods: Math.max(1, row.minutes),
      // A copy that reports nothing is no copy; everything else that is silent has nothing to do.
      treatMissingData:
        row.source.of === "lag"
          ? cloudwatch.TreatMissingData.BREACHING
          : cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    const topic = this.names.topicArn(this.where, row.severity);
    alarm.addAlarmAction({ bind: () => ({ alarmActionArn: topic }) });
    alarm.addOkAction({ bind: () => ({ alarmActionArn: topic }) });
  }

  /**
   * The lines "request" of the API's log have its route and its milliseconds, and `wait` where a model or the caller's wish to wait
   * takes them: what is counted is what the rule of Prometheus selects.
   */
  private countLatency(): void {
    new logs.CfnMetricFilter(this, "ApiLatency", {
      logGroupName: `/${this.names.placed(this.placement)}/api`,
      filterPattern: LATENCY_FILTER,
      metricTransformations: [
        {
          metricNamespace: OWN_NAMESPACE,
          metricName: latencyName(this.placement),
          metricValue: "$.ms",
          unit: "Milliseconds",
        },
      ],
    });
  }

  private addDashboard(rows: AlarmRow[], context: MetricContext): void {
    const bySource = new Map<string, AlarmRow[]>();
    for (const row of rows) {
      const key = JSON.stringify(row.source);
      bySource.set(key, [...(bySource.get(key) ?? []), row]);
    }
    new cloudwatch.Dashboard(this, "Dashboard", {
      dashboardName: this.names.placed(this.placement),
      widgets: [
        [...bySource.values()].flatMap((same) => {
          const [row] = same;
          return row === undefined
            ? []
            : [
                new cloudwatch.GraphWidget({
                  title: row.because,
                  width: 8,
                  left: [metricOf(row.source, context)],
                  leftAnnotations: same.map(({ severity, threshold }) => ({
                    label: severity,
                    value: threshold,
                    color: severity === "critical" ? cloudwatch.Color.RED : cloudwatch.Color.ORANGE,
                  })),
                }),
              ];
        }),
        this.config.profile.burst === undefined
          ? []
          : countedLines(this.placement).map(
              ({ title, metrics }) => new cloudwatch.GraphWidget({ title, width: 8, left: metrics }),
            ),
      ],
    });
  }

  /** The specification's level "info": deployments and scaling. */
  private tellOfDeployments(): void {
    const [, , info] = severities;
    new events.CfnRule(this, "Deployments", {
      description: "Deployments and scaling of the cell's services",
      eventPattern: {
        source: ["aws.ecs", "aws.application-autoscaling"],
        "detail-type": [
          "ECS Deployment State Change",
          "ECS Service Action",
          "Application Auto Scaling Activity State Change",
        ],
      },
      targets: [{ id: "info", arn: this.names.topicArn(this.where, info) }],
    });
  }
}
