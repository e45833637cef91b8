import { router } from "../../trpc";
import { deliveryProcedures } from "./deliveries";
import { endpointProcedures } from "./endpoints";

export const webhooksRouter = router({ ...endpointProcedures, ...deliveryProcedures });
