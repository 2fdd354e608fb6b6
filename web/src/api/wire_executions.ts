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
  /** Of a webhook: the last part of its address. */
  readonly path?: string | null;
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
  /** How many node runs there are; `nodes` are a thousand of them at most. */
  readonly nodeRuns?: number;
  /** The signals that it waits for. */
  readonly waitsFor?: readonly string[];
  readonly output?: Json;
  readonly nodes?: readonly NodeRun[];
}

export interface Delivery {
  readonly deliveryId: string;
  /** The xflow and its trigger: `xflow.trigger`. */
  readonly trigger: string;
  /** What it started; null when it was refused. */
  readonly executionId: string | null;
  readonly status: number;
  /** In bytes. */
  readonly size: number;
  /** How often it came. */
  readonly times: number;
  readonly error: string | null;
  readonly canReplay: boolean;
  readonly at: string;
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
  readonly getExecution: {
    params: OfExecution & { skipNodes?: number };
    result: Execution;
  };
  readonly listDeliveries: {
    params: { xflowId?: string; limit?: number };
    result: { deliveries: readonly Delivery[] };
  };
  readonly replayDelivery: {
    params: { deliveryId: string; applicationId?: string };
    result: { executionId: string };
  };
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
