/** Messages between actors in the order of time: a column for each actor, a row for each message. */

export interface SequenceActor {
  readonly id: string;
  readonly name: string;
  readonly dead?: boolean;
}

export interface SequenceMessage {
  /** Unique, and rising with time. */
  readonly number: number;
  readonly at_ms: number;
  /** Ids of actors; undefined: from outside. */
  readonly from: string | undefined;
  readonly to: string;
  readonly name: string;
  /** The same in all messages of one request. */
  readonly flow?: string;
  readonly sampled?: boolean;
}

export interface SequenceProps {
  readonly actors: readonly SequenceActor[];
  /** In the order of time. */
  readonly messages: readonly SequenceMessage[];
  readonly chosen?: number;
  onChoose(number: number): void;
}

export function Sequence({ actors, messages }: SequenceProps) {
  return (
    <div class="sequence">
      <p>{`${messages.length} messages between ${actors.length} actors`}</p>
    </div>
  );
}
