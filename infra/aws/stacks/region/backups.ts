import { RemovalPolicy } from "aws-cdk-lib";
import * as backup from "aws-cdk-lib/aws-backup";
import * as iam from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { placementsOf, type Region, regions } from "../../spec/cells";
import { type RegionProps, RegionStack } from "../base-stack";

/** UTC: after the database's own window, before anybody works. */
const DAILY = "cron(30 5 * * ? *)";
/** The night after the maintenance window. */
const WEEKLY = "cron(0 8 ? * SUN *)";
/** Days in which a lock can still be taken back. After that nobody can, not even AWS. */
const CHANGEABLE_DAYS = 3;
/** A restored database waits this long for whoever looks at it. */
const VALIDATION_HOURS = 4;

export interface VaultProps extends RegionProps {
  platformKeyArn: string;
}

/**
 * The region's vault, and the plan of the cells that have their home here: a copy each day beside the database's own
 * backups (which give every moment of 35 days), and one more at the standby.
 */
export class BackupsStack extends RegionStack {
  constructor(scope: Construct, props: VaultProps) {
    super(scope, "backups", props);
    const { profile } = this.config;
    const { backupDays, irrevocable, keepsData } = profile;
    const vault = new backup.CfnBackupVault(this, "Vault", {
      backupVaultName: this.names.vault(this.where),
      encryptionKeyArn: props.platformKeyArn,
      lockConfiguration: {
        minRetentionDays: Math.min(7, backupDays),
        maxRetentionDays: backupDays,
        // Without these days it is a lock that an administrator can open.
        ...(irrevocable ? { changeableForDays: CHANGEABLE_DAYS } : {}),
      },
      notifications: {
        snsTopicArn: this.names.topicArn(this.where, "warning"),
        backupVaultEvents: ["BACKUP_JOB_FAILED", "COPY_JOB_FAILED", "RESTORE_JOB_FAILED"],
      },
    });
    vault.applyRemovalPolicy(keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);

    const homes = placementsOf(profile.cells).filter(
      ({ region, role }) => role === "home" && region.name === this.where.name,
    );
    if (homes.length === 0) return;
    const role = new iam.Role(this, "Role", {
      assumedBy: new iam.ServicePrincipal("backup.amazonaws.com"),
      managedPolicies: ["ForBackup", "ForRestores"].map((kind) =>
        iam.ManagedPolicy.fromAwsManagedPolicyName(`service-role/AWSBackupServiceRolePolicy${kind}`),
      ),
    });
    for (const { cell } of homes)
      this.addPlan(cell.code, vault, role, cell.standby === undefined ? undefined : regions[cell.standby]);
    this.addRestoreTest(
      role,
      homes.map(({ cell }) => cell.code),
    );
  }

  private addPlan(
    code: string,
    vault: backup.CfnBackupVault,
    role: iam.Role,
    standby: Region | undefined,
  ): void {
    const lifecycle = { deleteAfterDays: this.config.profile.backupDays };
    const plan = new backup.CfnBackupPlan(this, `Plan-${code}`, {
      backupPlan: {
        backupPlanName: `${this.names.base}-${code}`,
        backupPlanRule: [
          {
            ruleName: "daily",
            targetBackupVault: vault.ref,
            scheduleExpression: DAILY,
            startWindowMinutes: 60,
            completionWindowMinutes: 240,
            lifecycle,
            copyActions:
              standby === undefined
                ? []
                : [{ destinationBackupVaultArn: this.names.vaultArn(standby), lifecycle }],
          },
        ],
      },
    });
    new backup.CfnBackupSelection(this, `Selection-${code}`, {
      backupPlanId: plan.ref,
      backupSelection: {
        selectionName: `${code}-database`,
        iamRoleArn: role.roleArn,
        resources: [this.databaseArn(code)],
      },
    });
  }

  /** Each week the newest backup becomes a database, is looked at, and is thrown away. */
  private addRestoreTest(role: iam.Role, codes: string[]): void {
    const plan = new backup.CfnRestoreTestingPlan(this, "RestoreTest", {
      restoreTestingPlanName: `${this.names.base}_weekly`.replaceAll("-", "_"),
      scheduleExpression: WEEKLY,
      startWindowHours: 4,
      recoveryPointSelection: {
        algorithm: "LATEST_WITHIN_WINDOW",
        includeVaults: [this.names.vaultArn(this.where)],
        recoveryPointTypes: ["SNAPSHOT"],
        selectionWindowDays: Math.min(7, this.config.profile.backupDays),
      },
    });
    new backup.CfnRestoreTestingSelection(this, "RestoreSelection", {
      restoreTestingPlanName: plan.ref,
      restoreTestingSelectionName: `${this.names.base}_databases`.replaceAll("-", "_"),
      protectedResourceType: "RDS",
      protectedResourceArns: codes.map((code) => this.databaseArn(code)),
      iamRoleArn: role.roleArn,
      validationWindowHours: VALIDATION_HOURS,
    });
  }

  private databaseArn(code: string): string {
    const cell = this.config.profile.cells.find((one) => one.code === code);
    if (cell === undefined) throw new Error(`no cell ${code}`);
    return this.names.databaseArn({ cell, role: "home", region: this.where });
  }
}
