-- No code sets an edition to "failed": deliveries fail one by one, and an edition ends as sent, cancelled or missed.
alter table editions drop constraint editions_state_check;
alter table editions add constraint editions_state_check check (state in ('planned', 'approved', 'sending', 'paused', 'sent', 'cancelled', 'missed'));
