import { Duration } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import type { Placement } from "../../spec/cells";
import type { Names } from "../../spec/names";
import type { MessagingStack } from "../../stacks/cell/messaging";
import type { Source } from "./alarms";
import { countedMetric, OWN_NAMESPACE } from "./counted";

export interface MetricContext {
  names: Names;
  placement: Placement;
  messaging: MessagingStack;
  balancerFullName: string;
  /** Of Amazon Managed Service for Prometheus. */
  workspaceId: string;
}

/** The API's own latency, from the lines that it logs: the balancer's includes that of the models. */
export const latencyName = ({ cell, role }: Placement) => `ApiMilliseconds-${cell.code}-${role}`;
/** Too few answers say nothing about a ratio. */
const FLOOR = 20;
const period = Duration.minutes(1);

/** The figure behind an alarm, and behind its line of the dashboard. */
export function metricOf(source: Source, context: MetricContext): cloudwatch.IMetric {
  const { names, placement, messaging, balancerFullName, workspaceId } = context;
  const database = { DBInstanceIdentifier: names.database(placement) };
  const metric = (
    namespace: string,
    metricName: string,
    dimensionsMap: Record<string, string>,
    statistic = "Average",
  ) => new cloudwatch.Metric({ namespace, metricName, dimensionsMap, statistic, period });
  switch (source.of) {
    case "errors": {
      const balancer = (name: string) =>
        metric("AWS/ApplicationELB", name, { LoadBalancer: balancerFullName }, "Sum");
      return new cloudwatch.MathExpression({
        label: "errors",
        expression: `IF(requests > ${FLOOR}, (FILL(errors, 0) + FILL(own, 0)) / requests, 0)`,
        usingMetrics: {
          errors: balancer("HTTPCode_Target_5XX_Count"),
          own: balancer("HTTPCode_ELB_5XX_Count"),
          requests: balancer("RequestCount"),
        },
        period,
      });
    }
    case "latency":
      return new cloudwatch.Metric({
        namespace: OWN_NAMESPACE,
        metricName: latencyName(placement),
        statistic: "p95",
        period,
      });
    case "cpu":
      if (source.service === "database") return metric("AWS/RDS", "CPUUtilization", database);
      if (source.service === "cache")
        return metric(
          "AWS/ElastiCache",
          "EngineCPUUtilization",
          { ReplicationGroupId: names.placed(placement) },
          "Maximum",
        );
      return metric("AWS/ECS", "CPUUtilization", {
        ClusterName: names.cluster(placement),
        ServiceName: names.service(source.service),
      });
    case "queue":
      return metric(
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        { QueueName: messaging[source.queue].name },
        "Maximum",
      );
    case "age":
      return metric(
        "AWS/SQS",
        "ApproximateAgeOfOldestMessage",
        { QueueName: messaging[source.queue].name },
        "Maximum",
      );
    case "connections":
      return metric("AWS/RDS", "DatabaseConnections", database, "Maximum");
    case "storage":
      return metric("AWS/RDS", "FreeStorageSpace", database, "Minimum");
    case "lag":
      return metric(
        "AWS/RDS",
        "ReplicaLag",
        placement.role === "home"
          ? { DBInstanceIdentifier: `${names.database(placement)}-reader-1` }
          : database,
        "Maximum",
      );
    case "function":
      return metric(
        "AWS/Lambda",
        source.figure,
        { FunctionName: names.function(placement, source.kind) },
        source.figure === "Duration" ? "Maximum" : "Sum",
      );
    case "counted":
      return countedMetric(source.figure, placement);
    case "notifications":
      return metric("AWS/Prometheus", "AlertManagerNotificationsFailed", { Workspace: workspaceId }, "Sum");
    case "evictions":
      return metric("AWS/ElastiCache", "Evictions", { ReplicationGroupId: names.placed(placement) }, "Sum");
  }
}
