import {Component, onMounted, onWillStart, onWillUnmount, useState} from "@odoo/owl";
import {deserializeDateTime, formatDateTime} from "@web/core/l10n/dates";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {Layout} from "@web/search/layout";
import {TowerChart} from "./tower_chart.esm";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {formatInteger, formatMonetary} from "@web/views/fields/formatters";
import {inWords} from "../fields/words_field.esm";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const REFRESH_SECONDS = 60;
const SEVERITY = {
    critical: {label: _t("Critical"), color: "#a61c28"},
    high: {label: _t("High"), color: "#e07b39"},
    medium: {label: _t("Medium"), color: "#5b8fb9"},
    low: {label: _t("Low"), color: "#b8c4cc"},
};
const CIRCUIT = {
    closed: {label: _t("Working"), tone: "success"},
    half_open: {label: _t("Trying again"), tone: "warning"},
    open: {label: _t("Stopped"), tone: "danger"},
};
const CHANNEL = {
    realtime: _t("Real time"),
    batch: _t("Batch"),
    bulk: _t("Bulk"),
};

/**
 * Say a span of time as people do: "3 min", "5 h", "2 days".
 *
 * @param {Number} minutes
 * @returns {String}
 */
export function spanInWords(minutes) {
    if (minutes < 1) {
        return _t("under 1 min");
    }
    if (minutes < 120) {
        return _t("%s min", Math.round(minutes));
    }
    if (minutes < 48 * 60) {
        return _t("%s h", Math.round(minutes / 60));
    }
    return _t("%s days", Math.round(minutes / 1440));
}

export class ControlTower extends Component {
    static template = "dist_connector_base.ControlTower";
    static components = {Dropdown, DropdownItem, Layout, TowerChart};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.state = useState({data: null, days: 7, failed: false});
        onWillStart(() => this.load());
        onMounted(() => {
            this.timer = browser.setInterval(
                () => this.refresh(),
                REFRESH_SECONDS * 1000
            );
        });
        onWillUnmount(() => browser.clearInterval(this.timer));
    }

    async load() {
        this.state.data = await this.orm.call("dist.control.tower", "get_data", [], {
            days: this.state.days,
        });
        this.state.failed = false;
    }

    /** Load again in the background: a lost connection leaves the old numbers. */
    async refresh() {
        if (document.hidden) {
            return;
        }
        try {
            this.state.data = await this.orm.silent.call(
                "dist.control.tower",
                "get_data",
                [],
                {days: this.state.days}
            );
            this.state.failed = false;
        } catch {
            this.state.failed = true;
        }
    }

    choosePeriod(days) {
        this.state.days = days;
        return this.load();
    }

    periodInWords(days) {
        return days === 1 ? _t("Last 24 hours") : _t("Last %s days", days);
    }

    open(action) {
        return action ? this.action.doAction(action) : undefined;
    }

    valueInWords(tile) {
        if (tile.value === null) {
            return _t("–");
        }
        if (tile.money) {
            return formatMonetary(Math.round(tile.value), {
                currencyId: tile.money,
                digits: [16, 0],
            });
        }
        const text = Number.isInteger(tile.value)
            ? formatInteger(tile.value)
            : tile.value.toLocaleString();
        return tile.unit ? `${text} ${tile.unit}` : text;
    }

    toneClass(tile) {
        const tones = {bad: "text-danger", warn: "text-warning", good: "text-success"};
        return tones[tile.tone] || "";
    }

    get asOf() {
        return formatDateTime(deserializeDateTime(this.state.data.as_of));
    }

    moment(text) {
        return text ? deserializeDateTime(text).toRelative() : _t("never");
    }

    span(minutes) {
        return spanInWords(minutes);
    }

    words(name) {
        return inWords(name);
    }

    circuit(state) {
        return CIRCUIT[state] || {label: state, tone: "secondary"};
    }

    channel(name) {
        return CHANNEL[name] || inWords(name);
    }

    get ageingChart() {
        const {labels, series, actions} = this.state.data.ageing;
        return {
            type: "bar",
            stacked: true,
            labels,
            datasets: series.map(({key, values}) => ({
                label: SEVERITY[key].label.toString(),
                data: values,
                backgroundColor: SEVERITY[key].color,
            })),
            onPick: (index) => this.open(actions[index]),
        };
    }

    get ageingIsEmpty() {
        return this.state.data.ageing.series.every(({values}) => values.every((v) => !v));
    }

    get finished() {
        return formatInteger(this.state.data.rate.done.reduce((a, b) => a + b, 0));
    }

    get rateChart() {
        const {slots, unit, done, duplicate} = this.state.data.rate;
        return {
            type: "bar",
            stacked: true,
            labels: slots.map((slot) =>
                deserializeDateTime(slot).toFormat(unit === "hour" ? "HH:mm" : "d LLL")
            ),
            datasets: [
                {label: _t("Done").toString(), data: done, backgroundColor: "#5b8fb9"},
                {
                    label: _t("Duplicates refused").toString(),
                    data: duplicate,
                    backgroundColor: "#c9b458",
                },
            ],
        };
    }
}

registry.category("actions").add("dist_control_tower", ControlTower);
