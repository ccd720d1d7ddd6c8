-- The only way in which the login of agents starts a job: these names, in the workspace of its
-- transaction. It may not touch the queue itself, so an agent cannot start a sending (decision 0005).
create function outrider.defer_as_agent(
    job_name text, job_key text, job_args jsonb, correlation_id text default ''
)
    returns bigint
    language plpgsql
    security definer
    set search_path = jobs, pg_catalog, pg_temp
as $$
declare
    workspace text := nullif(pg_catalog.current_setting('outrider.workspace', true), '');
begin
    if job_name not in ('learning.observe', 'drafts.review') or job_name is null then
        raise exception 'an agent may not start the job %', coalesce(job_name, '(none)')
            using errcode = 'insufficient_privilege';
    end if;
    if workspace is null then
        raise exception 'a job needs a workspace' using errcode = 'insufficient_privilege';
    end if;
    return (jobs.procrastinate_defer_jobs_v1(array[row(
        'default',
        job_name,
        0,
        workspace || ':' || job_key,
        null,
        jsonb_build_object(
            'workspace', workspace,
            'key', job_key,
            'correlation_id', correlation_id,
            'args', coalesce(job_args, '{}'::jsonb)
        ),
        null
    )::jobs.procrastinate_job_to_defer_v1]))[1];
end;
$$;

revoke all on function outrider.defer_as_agent(text, text, jsonb, text) from public;

grant execute on function outrider.defer_as_agent(text, text, jsonb, text) to outrider_agent;
