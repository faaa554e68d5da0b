import {Component, onWillStart, useState} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const STATE = {
    fail: {label: _t("Broken"), icon: "fa-times-circle text-danger"},
    warn: {label: _t("Look at it"), icon: "fa-exclamation-triangle text-warning"},
    ok: {label: _t("Well"), icon: "fa-check-circle text-success"},
};

export class SelfCheck extends Component {
    static template = "dist_connector_base.SelfCheck";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.state = useState({checks: []});
        onWillStart(() => this.load());
    }

    async load() {
        this.state.checks = await this.orm.call("dist.self.check", "get_checks", []);
    }

    look(check) {
        return STATE[check.state];
    }

    get summary() {
        const bad = this.state.checks.filter((check) => check.state !== "ok").length;
        return bad
            ? _t("%s of the checks need somebody.", bad)
            : _t("Everything that can be checked from inside is well.");
    }
}

registry.category("actions").add("dist_self_check", SelfCheck);
