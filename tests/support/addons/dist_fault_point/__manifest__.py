{
    "name": "Fault points of the distribution suite",
    "summary": "Kills the server at a step that a test names; installed by nobody",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Distribution Suite maintainers",
    "category": "Hidden",
    "depends": ["dist_3pl"],
    # loaded as a server-wide module, and in no database
    "post_load": "install",
    "installable": True,
}
