import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { severities } from "../parts/alarms/alarms";
import type { Region } from "../spec/cells";
import type { Names } from "../spec/names";

const routesFile = z.object({ inhibit_rules: z.array(z.record(z.string(), z.unknown())) });

/** A summary may name a model or a provider as somebody wrote it; quotation marks would end the JSON. */
const text = (of: string) => `{{ ${of} | reReplaceAll \`["\\\\]\` "'" }}`;

/**
 * The message is shaped as CloudWatch's own alarms are, so that the pager and whoever reads the mails know one form: each
 * topic has both.
 */
export function messageTemplate(cell: string): string {
  const first = "(index .Alerts 0)";
  const fields = {
    AlarmName: `${cell}-{{ .CommonLabels.alertname }}`,
    AlarmDescription: `${text(`${first}.Annotations.summary`)}. ${text(`${first}.Annotations.runbook`)}`,
    NewStateValue: '{{ if eq .Status "firing" }}ALARM{{ else }}OK{{ end }}',
    NewStateReason: `{{ len .Alerts.Firing }} firing, {{ len .Alerts.Resolved }} resolved; priority {{ .CommonLabels.priority }}`,
    StateChangeTime: `{{ ${first}.StartsAt.Format "2006-01-02T15:04:05.000-0700" }}`,
  };
  const body = Object.entries(fields)
    .map(([name, value]) => `"${name}":"${value}"`)
    .join(",");
  return [
    `{{ define "agathaai.subject" }}{{ .Status }}: ${cell} {{ .CommonLabels.alertname }}{{ end }}`,
    // A brace beside two others would open or close an action.
    `{{ define "agathaai.message" }}{{ "{" }}${body}{{ "}" }}{{ end }}`,
  ].join("\n");
}

/** Alertmanager of the workspace: a topic for each severity, as the alarms of CloudWatch have it; what follows is not told twice. */
export function alertManager(
  names: Names,
  region: Region,
  cell: string,
): { definition: string; config: string } {
  const { inhibit_rules } = routesFile.parse(
    parse(readFileSync(new URL("../../monitoring/alertmanager.yml", import.meta.url), "utf8")),
  );
  const config = stringify({
    templates: ["agathaai"],
    route: {
      // A rule without a severity must be heard all the same.
      receiver: "warning",
      group_by: ["alertname"],
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: "4h",
      routes: severities.map((severity) => ({ matchers: [`severity="${severity}"`], receiver: severity })),
    },
    inhibit_rules,
    receivers: severities.map((severity) => ({
      name: severity,
      sns_configs: [
        {
          topic_arn: names.topicArn(region, severity),
          sigv4: { region: region.name },
          send_resolved: true,
          subject: '{{ template "agathaai.subject" . }}',
          message: '{{ template "agathaai.message" . }}',
        },
      ],
    })),
  });
  return {
    config,
    definition: stringify({
      template_files: { agathaai: messageTemplate(cell) },
      alertmanager_config: config,
    }),
  };
}
