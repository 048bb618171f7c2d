// The pages work without this: it copies, keeps filters as they were left,
// and searches again when the order is changed.

(function () {
    "use strict";

    // buttons that copy what stands beside them

    function text(node) {
        return node.tagName === "INPUT" ? node.value : node.textContent;
    }

    function select(node) {
        var range, selection;

        if (node.select) {
            node.select();
            return;
        }

        range = document.createRange();
        range.selectNodeContents(node);
        selection = window.getSelection();
        selection.removeAllRanges();
        selection.addRange(range);
    }

    function copy(node, done) {
        if (navigator.clipboard && window.isSecureContext) {
            navigator.clipboard.writeText(text(node)).then(done, function () {
                select(node);
            });
            return;
        }

        select(node);

        if (document.execCommand("copy")) {
            done();
        }
    }

    // the one that was copied last has a tick

    var buttons = document.querySelectorAll("button[data-copy]");

    buttons.forEach(function (button) {
        var node = document.getElementById(button.dataset.copy);

        button.dataset.label = button.textContent;
        button.hidden = false;

        button.addEventListener("click", function () {
            copy(node, function () {
                buttons.forEach(function (other) {
                    other.textContent = other.dataset.label;
                });

                button.textContent += " \u2713";
            });
        });
    });

    // the search form

    var form = document.getElementById("search");
    var more = form && form.querySelector("details.more");
    var key = "tender.filters";

    function remember(open) {
        try {
            sessionStorage.setItem(key, open ? "1" : "");
        } catch (e) {
            // a browser that keeps nothing
        }
    }

    function remembered() {
        try {
            return sessionStorage.getItem(key) === "1";
        } catch (e) {
            return false;
        }
    }

    if (form) {
        if (remembered()) {
            more.open = true;
        }

        // a click comes before what it does

        more.querySelector("summary").addEventListener("click", function () {
            remember(!more.open);
        });

        form.querySelectorAll("select[name^=sort_]").forEach(function (node) {
            node.addEventListener("change", function () {
                form.requestSubmit();
            });
        });

        // what is empty stays out of the address

        form.addEventListener("submit", function () {
            form.querySelectorAll("input, select").forEach(function (node) {
                if (node.name && node.value === "") {
                    node.disabled = true;

                    setTimeout(function () {
                        node.disabled = false;
                    }, 0);
                }
            });
        });
    }
}());
