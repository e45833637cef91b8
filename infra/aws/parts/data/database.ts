import { RemovalPolicy, SecretValue, Validations } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as kms from "aws-cdk-lib/aws-kms";
import * as rds from "aws-cdk-lib/aws-rds";
import * as secrets from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { regions } from "../../spec/cells";
import { ports } from "../../spec/may-talk";
import type { DataContext } from "./data-context";

type DatabaseContext = DataContext & { securityGroupId: string };

/** What has to be known of a database by who connects to it. */
export interface DatabaseRef {
  host: string;
  /** By which IAM names it: it stays the same when its name is changed, and when a copy is promoted. */
  resourceId: string;
  /** The schema's owner, where the home's migrations connect as it. */
  ownerSecretArn?: string;
}

const refOf = ({ attrEndpointAddress, attrDbiResourceId }: rds.CfnDBInstance): DatabaseRef => ({
  host: attrEndpointAddress,
  resourceId: attrDbiResourceId,
});

/** The major version that every test of the product runs on. AWS takes the minor ones in the maintenance window. */
export const POSTGRES_MAJOR = 18;
export const OWNER = "agathaai_owner";
/** Made by the migrations: it can add to the audit trail and not change it. */
export const SERVING = "agathaai_app";
/** UTC. Saturday 02:00 to 06:00 in New York is 06:00 or 07:00 UTC on; the daily snapshot is long done by then. */
const MAINTENANCE_WINDOW = "sat:07:00-sat:08:00";
const BACKUP_WINDOW = "04:00-05:00";
const INSIGHTS_DAYS = 7;

/** The writer of a cell, and its readers, one in each zone. */
export function addDatabase(scope: Construct, context: DatabaseContext): DatabaseRef {
  const { profile, names, placement, dataKeyArn, zones } = context;
  const { database, backupDays } = profile;
  const { standby } = placement.cell;
  const owner = new secrets.Secret(scope, "Owner", {
    secretName: `${names.placed(placement)}/database-owner`,
    description: "The schema's owner. Processes never get it; migrations do.",
    encryptionKey: kms.Key.fromKeyArn(scope, "OwnerKey", dataKeyArn),
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ username: OWNER }),
      generateStringKey: "password",
      excludePunctuation: true,
      passwordLength: 40,
    },
    ...(standby === undefined
      ? {}
      : {
          replicaRegions: [
            {
              region: standby,
              encryptionKey: kms.Key.fromKeyArn(
                scope,
                "OwnerStandbyKey",
                names.dataKeyArn(
                  { ...placement, region: regions[standby] },
                  context.keyIds[placement.cell.code] ?? "",
                ),
              ),
            },
          ],
        }),
  });

  const writer = new rds.CfnDBInstance(scope, "Writer", {
    ...shared(scope, context),
    dbInstanceIdentifier: names.database(placement),
    dbName: "agathaai",
    // ManageMasterUserPassword would forbid replicas.
    masterUsername: OWNER,
    masterUserPassword: SecretValue.secretsManager(owner.secretArn, {
      jsonField: "password",
    }).unsafeUnwrap(),
    engine: "postgres",
    engineVersion: String(POSTGRES_MAJOR),
    storageEncrypted: true,
    kmsKeyId: dataKeyArn,
    allocatedStorage: String(database.storageGiB),
    multiAz: database.multiAz,
    backupRetentionPeriod: backupDays,
    preferredBackupWindow: BACKUP_WINDOW,
    deleteAutomatedBackups: !profile.keepsData,
  });
  writer.applyRemovalPolicy(profile.keepsData ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY);

  for (let index = 0; index < database.readReplicas; index += 1) {
    const zone = zones[index % zones.length];
    const reader = new rds.CfnDBInstance(scope, `Reader${index + 1}`, {
      ...shared(scope, context, index + 1),
      dbInstanceIdentifier: `${names.database(placement)}-reader-${index + 1}`,
      sourceDbInstanceIdentifier: names.database(placement),
      availabilityZone: zone,
      multiAz: false,
    });
    // A replica is encrypted as its source is, and refuses to be told.
    reader.node.addDependency(writer);
    reader.applyRemovalPolicy(RemovalPolicy.DESTROY);
    Validations.of(reader).acknowledge({
      id: "CloudFormation-Validate::W3010",
      reason: "The zone is the point of a reader: three of them in three named zones.",
    });
  }
  return { ...refOf(writer), ownerSecretArn: owner.secretArn };
}

/** Follows the home's writer from the other region of the same jurisdiction; a failover promotes it. */
export function addStandbyDatabase(scope: Construct, context: DatabaseContext): DatabaseRef {
  const { profile, names, placement, dataKeyArn } = context;
  const home = { ...placement, role: "home" as const, region: regions[placement.cell.home] };
  const standby = new rds.CfnDBInstance(scope, "Standby", {
    ...shared(scope, context),
    dbInstanceIdentifier: names.database(placement),
    sourceDbInstanceIdentifier: names.databaseArn(home),
    sourceRegion: home.region.name,
    // Across regions it needs the key of its own region.
    kmsKeyId: dataKeyArn,
    multiAz: profile.database.multiAz,
    // It becomes the writer: backups have to be on before that.
    backupRetentionPeriod: profile.backupDays,
    preferredBackupWindow: BACKUP_WINDOW,
  });
  standby.applyRemovalPolicy(RemovalPolicy.SNAPSHOT);
  return refOf(standby);
}

function shared(scope: Construct, context: DatabaseContext, reader = 0): rds.CfnDBInstanceProps {
  const { profile, dataKeyArn, securityGroupId } = context;
  const { database } = profile;
  const parts = reader === 0 ? makeParts(scope, context) : partsOf(scope);
  return {
    dbInstanceClass: database.instance,
    storageType: "gp3",
    ...(database.iops === undefined
      ? {}
      : { iops: database.iops, storageThroughput: database.throughputMiB }),
    maxAllocatedStorage: database.maxStorageGiB,
    dbSubnetGroupName: parts.subnets.ref,
    dbParameterGroupName: parts.parameters.ref,
    monitoringInterval: 60,
    monitoringRoleArn: parts.monitoring.roleArn,
    vpcSecurityGroups: [securityGroupId],
    port: String(ports.postgres),
    publiclyAccessible: false,
    enableIamDatabaseAuthentication: true,
    caCertificateIdentifier: "rds-ca-rsa2048-g1",
    enablePerformanceInsights: true,
    performanceInsightsKmsKeyId: dataKeyArn,
    performanceInsightsRetentionPeriod: INSIGHTS_DAYS,
    enableCloudwatchLogsExports: ["postgresql", "upgrade"],
    preferredMaintenanceWindow: MAINTENANCE_WINDOW,
    autoMinorVersionUpgrade: true,
    allowMajorVersionUpgrade: false,
    copyTagsToSnapshot: true,
    deletionProtection: profile.keepsData,
  };
}

interface Parts {
  subnets: rds.CfnDBSubnetGroup;
  parameters: rds.CfnDBParameterGroup;
  monitoring: iam.Role;
}

const made = new WeakMap<Construct, Parts>();

function partsOf(scope: Construct): Parts {
  const parts = made.get(scope);
  if (parts === undefined) throw new Error("the writer comes before its readers");
  return parts;
}

function makeParts(scope: Construct, { profile, subnetIds }: DatabaseContext): Parts {
  const parts: Parts = {
    subnets: new rds.CfnDBSubnetGroup(scope, "Subnets", {
      dbSubnetGroupDescription: "The isolated subnets",
      subnetIds,
    }),
    parameters: new rds.CfnDBParameterGroup(scope, "Parameters", {
      family: `postgres${POSTGRES_MAJOR}`,
      description: "AgathaAI",
      parameters: {
        max_connections: String(profile.database.maxConnections),
        "rds.force_ssl": "1",
        ssl_min_protocol_version: "TLSv1.2",
        shared_preload_libraries: "pg_stat_statements",
        "rds.logical_replication": "0",
        timezone: "UTC",
        log_min_duration_statement: "1000",
        // Statements carry ciphertext only, but a parameter in a log is one place more to look after.
        log_parameter_max_length: "0",
        log_parameter_max_length_on_error: "0",
        idle_in_transaction_session_timeout: "60000",
      },
    }),
    monitoring: new iam.Role(scope, "Monitoring", {
      assumedBy: new iam.ServicePrincipal("monitoring.rds.amazonaws.com"),
      managedPolicies: [
        iam.ManagedPolicy.fromAwsManagedPolicyName("service-role/AmazonRDSEnhancedMonitoringRole"),
      ],
    }),
  };
  made.set(scope, parts);
  return parts;
}
