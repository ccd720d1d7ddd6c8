-- What has ended stays ended, whoever asks: no statement brings a draft back to life that was rejected,
-- expired, superseded, withdrawn or sent. The whole table of states is drafts/states.py.
create function outrider.draft_ended() returns trigger
    language plpgsql
as $$
begin
    raise exception 'a draft that is % stays %', old.status, old.status
        using errcode = 'check_violation';
end
$$;

create trigger ended_stays_ended before update of status on outrider.drafts
    for each row
    when (old.status in ('rejected', 'expired', 'superseded', 'withdrawn', 'sent')
        and new.status is distinct from old.status)
    execute function outrider.draft_ended();

revoke all on function outrider.draft_ended() from public;
