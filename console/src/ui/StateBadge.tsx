import type {ConnectionState} from '../api/types';
import {states, statusTone} from '../lib/words';
import {Badge} from './Badge';

export const StateBadge = ({state}: {state: ConnectionState}) => (
  <Badge tone={states[state].tone} dot>
    {states[state].label}
  </Badge>
);

/** The status of a call; what has none was cut before an answer. */
export const StatusBadge = ({status}: {status: number | null}) => (
  <Badge tone={statusTone(status)}>{status ?? 'cut'}</Badge>
);
