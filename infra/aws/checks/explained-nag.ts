import type {
  IPolicyValidationContext,
  IPolicyValidationPlugin,
  PolicyValidationPluginReport,
} from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { explained } from "./explained";

/** cdk-nag's rules without what `explained` has a reason for; what is left stops the synthesis. */
export class ExplainedNag implements IPolicyValidationPlugin {
  readonly name = "cdk-nag, explained";

  validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const { violations } = new AwsSolutionsChecks().validateScope(context.appConstruct);
    const left = violations.filter(({ ruleName, violatingResources }) =>
      violatingResources.some(
        ({ constructPath = "" }) =>
          !explained.some(({ id, at }) => id.test(ruleName) && at.test(constructPath)),
      ),
    );
    return { success: left.length === 0, violations: left };
  }
}
