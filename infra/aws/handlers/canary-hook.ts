import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import {
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { onShift } from "../gate/hook";

const metrics = new CloudWatchClient({});
const balancers = new ElasticLoadBalancingV2Client({});
const { PRODUCTION_RULE = "", BALANCER = "" } = process.env;
/** CloudWatch has figures by the minute. */
const MINUTE = 60;

/** ECS calls it at each step of a deployment; gate/ decides. */
export const handler = (event: unknown) =>
  onShift(event, {
    weights: async () => {
      const { Rules = [] } = await balancers.send(new DescribeRulesCommand({ RuleArns: [PRODUCTION_RULE] }));
      const groups = Rules.flatMap(({ Actions = [] }) =>
        Actions.flatMap(({ ForwardConfig }) => ForwardConfig?.TargetGroups ?? []),
      );
      const total = groups.reduce((sum, { Weight = 0 }) => sum + Weight, 0);
      return Object.fromEntries(
        groups.map(({ TargetGroupArn = "", Weight = 0 }) => [
          TargetGroupArn,
          total === 0 ? 0 : (100 * Weight) / total,
        ]),
      );
    },
    observe: async (targetGroup, since) => {
      const dimensions = [
        { Name: "TargetGroup", Value: targetGroup.split(":").at(-1) },
        { Name: "LoadBalancer", Value: BALANCER },
      ];
      const query = (Id: string, MetricName: string, Stat: string) => ({
        Id,
        MetricStat: {
          Metric: { Namespace: "AWS/ApplicationELB", MetricName, Dimensions: dimensions },
          Period: MINUTE,
          Stat,
        },
      });
      const { MetricDataResults = [] } = await metrics.send(
        new GetMetricDataCommand({
          StartTime: new Date(since * 1_000),
          EndTime: new Date(),
          MetricDataQueries: [
            query("requests", "RequestCount", "Sum"),
            query("errors", "HTTPCode_Target_5XX_Count", "Sum"),
            query("slow", "TargetResponseTime", "p95"),
          ],
        }),
      );
      const values = (id: string) => MetricDataResults.find(({ Id }) => Id === id)?.Values ?? [];
      const sum = (id: string) => values(id).reduce((total, value) => total + value, 0);
      const slow = values("slow");
      return {
        requests: sum("requests"),
        errors: sum("errors"),
        p95Ms: slow.length === 0 ? undefined : 1_000 * Math.max(...slow),
      };
    },
    nowSeconds: () => Math.floor(Date.now() / 1_000),
    say: (verdict) => console.log(JSON.stringify(verdict)),
  });
