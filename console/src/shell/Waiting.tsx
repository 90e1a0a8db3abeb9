import {Spinner} from '../ui/Button';

/** While the first answer is on its way; appears late, so that a fast answer does not flicker. */
export function Waiting() {
  return (
    <div className="waiting" role="status">
      <Spinner />
      <span className="visually-hidden">Loading</span>
    </div>
  );
}
