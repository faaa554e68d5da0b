"""What the addon leaves in the database beside its tables."""


def uninstall_hook(env):
    """Drop the function of the audit trail's triggers, which went with its table."""
    env.cr.execute("DROP FUNCTION IF EXISTS dist_audit_append_only() CASCADE")
