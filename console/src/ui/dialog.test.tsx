// @vitest-environment jsdom
import {cleanup, render, screen} from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {afterEach, describe, expect, it, vi} from 'vitest';

import {ApiError} from '../api/client';
import {Confirm} from './Dialog';

afterEach(cleanup);

function open(act: () => Promise<unknown>) {
  const onClose = vi.fn();
  render(
    <Confirm title="Remove it?" open onClose={onClose} action="Remove" typed="hbdev" act={act}>
      <p>It cannot be undone.</p>
    </Confirm>,
  );
  return onClose;
}

describe('what cannot be undone', () => {
  it('is not done before the name was typed', async () => {
    const act = vi.fn(() => Promise.resolve());
    const onClose = open(act);
    await userEvent.click(screen.getByRole('button', {name: /Remove/}));
    await userEvent.type(screen.getByLabelText('Type hbdev to go on'), 'hbde{Enter}');
    expect(act).not.toHaveBeenCalled();
    await userEvent.type(screen.getByLabelText('Type hbdev to go on'), 'v{Enter}');
    expect(act).toHaveBeenCalledOnce();
    expect(onClose).toHaveBeenCalledOnce();
  });
  it('keeps the window open and says why when it is refused', async () => {
    const refusal = new ApiError({
      title: 'Conflict',
      status: 409,
      code: 'conflict',
      detail: 'It has connections.',
      requestId: 'req_1',
    });
    const onClose = open(() => Promise.reject(refusal));
    await userEvent.type(screen.getByLabelText('Type hbdev to go on'), 'hbdev{Enter}');
    expect((await screen.findByRole('alert')).textContent).toContain('It has connections.');
    expect(screen.getByText('req_1')).toBeDefined();
    expect(onClose).not.toHaveBeenCalled();
  });
  it('is left with Escape', async () => {
    const onClose = open(() => Promise.resolve());
    await userEvent.keyboard('{Escape}');
    expect(onClose).toHaveBeenCalledOnce();
  });
});
