import * as aps from "aws-cdk-lib/aws-aps";
import type { Construct } from "constructs";
import { alertManager } from "../../metrics/routes";
import { workspaceRules } from "../../metrics/rules";
import { type CellProps, CellStack } from "../base-stack";

/** Where the collectors of a placement write. */
export interface WorkspaceRef {
  id: string;
  arn: string;
  remoteWriteUrl: string;
}

/**
 * What only the product knows of itself: the collectors beside its tasks write it here, and the rules of infra/monitoring,
 * the same file that a Prometheus loads, are worked out here. One workspace a placement: a rule sums over a cell, not over all.
 */
export class MetricsStack extends CellStack {
  readonly workspace: WorkspaceRef;

  constructor(scope: Construct, props: CellProps) {
    super(scope, "metrics", props);
    const placed = this.names.placed(this.placement);
    const workspace = new aps.CfnWorkspace(this, "Workspace", {
      alias: placed,
      alertManagerDefinition: alertManager(this.names, this.where, placed).definition,
    });
    for (const { file, data } of workspaceRules())
      new aps.CfnRuleGroupsNamespace(this, `Rules-${file}`, {
        name: file,
        workspace: workspace.attrArn,
        data,
      });
    this.workspace = {
      id: workspace.attrWorkspaceId,
      arn: workspace.attrArn,
      remoteWriteUrl: `${workspace.attrPrometheusEndpoint}api/v1/remote_write`,
    };
  }
}
