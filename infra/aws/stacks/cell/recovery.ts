import * as arc from "aws-cdk-lib/aws-arcregionswitch";
import * as iam from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { type Placement, regions } from "../../spec/cells";
import { spec } from "../../spec/spec";
import { type CellProps, CellStack } from "../base-stack";

/** Minutes of each step; together they are within the recovery time. */
export const STEP_MINUTES = { approval: 3, promote: 6, api: 3, worker: 3 } as const;
const FULL = 100;

/**
 * Names lead to the standby within seconds and by themselves; this plan makes it the writer. A person approves it,
 * because a promoted copy cannot become a copy again: the failed home has to be rebuilt. Approving it comes after
 * `npm run cell -- raise`, and its tasks write after `npm run cell -- finish` (docs/RUNBOOKS.md, "Leaving a region").
 */
export class RecoveryStack extends CellStack {
  constructor(scope: Construct, props: CellProps) {
    super(scope, "recovery", props);
    const { cell } = this.placement;
    if (cell.standby === undefined) throw new Error(`cell ${cell.code} has no standby to recover to`);
    const home: Placement = this.placement;
    const standby: Placement = { cell, role: "standby", region: regions[cell.standby] };
    const approver = new iam.Role(this, "Approver", {
      description: "Whoever is on call assumes it to approve a failover",
      assumedBy: new iam.AccountPrincipal(this.config.account).withConditions({
        Bool: { "aws:MultiFactorAuthPresent": "true" },
      }),
    });
    const role = this.executionRole([home, standby]);
    new arc.CfnPlan(this, "Plan", {
      name: this.names.placed(home).slice(0, 32),
      description: `Makes ${standby.region.name} the writer of cell ${cell.code}`,
      regions: [home.region.name, standby.region.name],
      primaryRegion: home.region.name,
      recoveryApproach: "activePassive",
      recoveryTimeObjectiveMinutes: spec.recovery.criticalMinutes,
      executionRole: role.roleArn,
      workflows: [home, standby].map((target) => ({
        workflowTargetAction: "activate",
        workflowTargetRegion: target.region.name,
        workflowDescription: `Activate ${target.region.name}`,
        steps: this.steps(home, standby, approver),
      })),
    });
    approver.addToPolicy(
      new iam.PolicyStatement({
        actions: ["arc-region-switch:ApprovePlanExecutionStep", "arc-region-switch:GetPlanExecution"],
        resources: [
          `arn:aws:arc-region-switch::${this.config.account}:plan/${this.names.placed(home).slice(0, 32)}:*`,
        ],
      }),
    );
  }

  private steps(home: Placement, standby: Placement, approver: iam.Role): arc.CfnPlan.StepProperty[] {
    const step = (
      name: string,
      executionBlockType: string,
      executionBlockConfiguration: arc.CfnPlan.ExecutionBlockConfigurationProperty,
    ) => ({ name, executionBlockType, executionBlockConfiguration });
    return [
      step("approve", "ManualApproval", {
        executionApprovalConfig: {
          approvalRole: approver.roleArn,
          timeoutMinutes: STEP_MINUTES.approval,
        },
      }),
      step("promote-database", "RdsPromoteReadReplica", {
        rdsPromoteReadReplicaConfig: {
          dbInstanceArnMap: {
            [home.region.name]: this.names.databaseArn(home),
            [standby.region.name]: this.names.databaseArn(standby),
          },
          timeoutMinutes: STEP_MINUTES.promote,
        },
      }),
      ...(["api", "worker"] as const).map((kind) =>
        step(`start-${kind}`, "ECSServiceScaling", {
          ecsCapacityIncreaseConfig: {
            targetPercent: FULL,
            capacityMonitoringApproach: "sampledMaxInLast24Hours",
            timeoutMinutes: STEP_MINUTES[kind],
            // One service, in both regions.
            services: [home, standby].map((placement) => ({
              clusterArn: this.names.clusterArn(placement),
              serviceArn: this.names.serviceArn(placement, kind),
            })),
          },
        }),
      ),
    ];
  }

  private executionRole(placements: Placement[]): iam.Role {
    const role = new iam.Role(this, "Execution", {
      assumedBy: new iam.ServicePrincipal("arc-region-switch.amazonaws.com"),
    });
    const allow = (actions: string[], resources: string[]) =>
      role.addToPolicy(new iam.PolicyStatement({ actions, resources }));
    allow(
      ["rds:DescribeDBInstances", "rds:PromoteReadReplica"],
      placements.map((placement) => this.names.databaseArn(placement)),
    );
    allow(
      ["ecs:DescribeServices", "ecs:UpdateService"],
      placements.flatMap((placement) =>
        (["api", "worker"] as const).map((kind) => this.names.serviceArn(placement, kind)),
      ),
    );
    allow(
      ["ecs:DescribeClusters"],
      placements.map((placement) => this.names.clusterArn(placement)),
    );
    // Neither of these knows a resource that could be named.
    allow(
      [
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:RegisterScalableTarget",
        "cloudwatch:GetMetricStatistics",
      ],
      ["*"],
    );
    return role;
  }
}
