// What the server says of xflows and their executions.

import type { Json, JsonObject } from "../model/json.ts";

export type ExecutionState =
  | "waiting"
  | "running"
  | "blocked"
  | "succeeded"
  | "failed"
  | "cancelled"
  | "dead";

export interface XFlowTriggerSummary {
  readonly type: string;
  readonly entityType: string | null;
  readonly enabled: boolean;
  readonly fault: JsonObject | null;
}

export interface XFlowSummary {
  readonly xflowId: string;
  readonly name: string;
  readonly description?: string;
  readonly enabled: boolean;
  readonly triggers: readonly XFlowTriggerSummary[];
  readonly unfinished: number;
  readonly lastCompletedAt?: string;
}

export interface ExecutionSummary {
  readonly executionId: string;
  readonly xflowId: string;
  readonly status: ExecutionState;
  readonly trigger: string;
  readonly caller?: string;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly completedAt?: string;
  readonly attempts: number;
  readonly milliseconds?: number;
  readonly retryOf?: string;
  readonly error?: JsonObject;
}

export interface NodeRun {
  readonly node: string;
  /** The way that leads to it, where it is part of an xflow within this one; else empty. */
  readonly iteration: string;
  readonly kind: string | null;
  readonly status: "started" | "succeeded" | "failed" | "skipped" | "cancelled" | "unknown_outcome";
  readonly port: string | null;
  readonly attempt: number;
  readonly output: Json;
  readonly error: JsonObject | null;
  readonly startedAt: string;
  readonly milliseconds: number | null;
  /** What a script said on its console. */
  readonly log?: readonly { readonly level: string; readonly message: string }[] | null;
}

export interface Execution extends ExecutionSummary {
  readonly name: string;
  readonly root: string;
  readonly depth: number;
  /** When it goes on, while it waits. */
  readonly dueAt?: string;
  readonly triggerData?: JsonObject;
  readonly input?: Json;
  readonly output?: Json;
  readonly nodes?: readonly NodeRun[];
}

interface OfExecution {
  readonly executionId: string;
  readonly applicationId?: string;
}

export interface ExecutionMethods {
  readonly listXFlows: {
    params: Record<string, never>;
    result: { xflows: readonly XFlowSummary[] };
  };
  readonly listExecutions: {
    params: {
      xflowId?: string;
      status?: ExecutionState;
      entityId?: string;
      text?: string;
      before?: string;
      limit?: number;
    };
    result: { executions: readonly ExecutionSummary[] };
  };
  readonly getExecution: { params: OfExecution; result: Execution };
  readonly cancelExecution: { params: OfExecution; result: { status: string } };
  readonly retryExecution: {
    params: OfExecution & { fromStart?: boolean };
    result: { executionId: string; retryOf: string };
  };
  readonly signalExecution: {
    params: OfExecution & { signal: string; data?: Json };
    result: { signalId: string; isNew: boolean };
  };
}
